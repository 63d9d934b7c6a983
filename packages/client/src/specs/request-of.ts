import type { Job, JsonObject, ResolvedSource } from '@trainyard/protocol';

/**
 * The body that creates a job like this one.
 *
 * @param model its `to_json()`, parsed; left out: the model of the job with its final weights
 */
export function requestOf(job: Job, model?: JsonObject): JsonObject {
  const { name, metadata, seed, priority, compile, data, fit, fit_generator, callbacks, resources, limits, retention, webhook } = job;
  const body = {
    ...{ name, metadata, seed, priority },
    model: model ?? { job: job.id, checkpoint: 'final' },
    compile,
    ...(data === null ? {} : { data: { train: sourceOf(data.train), ...(data.validation === null ? {} : { validation: sourceOf(data.validation) }) } }),
    ...(fit === null ? {} : { fit }),
    ...(fit_generator === null ? {} : { fit_generator }),
    ...{ callbacks, resources, limits, retention },
    ...(webhook === null ? {} : { webhook: { url: webhook.url, events: webhook.events } }),
  };
  return withoutEmpty(JSON.parse(JSON.stringify(body)) as JsonObject);
}

/** The body that evaluates, or predicts for a whole source, as this job does; undefined for one that trains. */
export function inferenceRequestOf({ name, metadata, priority, inference, resources, limits, retention, webhook }: Job): JsonObject | undefined {
  if (inference === null) return undefined;
  const { checkpoint, data, batch_size, steps } = inference;
  const body = {
    ...{ name, metadata, priority, checkpoint, data: sourceOf(data), batch_size, steps, resources },
    limits: { max_attempts: limits.max_attempts },
    retention: { delete_after_days: retention.delete_after_days },
    ...(webhook === null ? {} : { webhook: { url: webhook.url, events: webhook.events } }),
  };
  return withoutEmpty(JSON.parse(JSON.stringify(body)) as JsonObject);
}

/** A dataset stands for the files and their format; what the job reads of them is said again. */
function sourceOf({ dataset, uri, format, ...rest }: ResolvedSource): object {
  return dataset === undefined ? { uri, ...(format === undefined ? {} : { format }), ...rest } : { dataset, ...rest };
}

/** Nulls and empty objects and lists at the top, and nulls one level below, are defaults. */
function withoutEmpty(body: JsonObject): JsonObject {
  const isEmpty = (value: unknown): boolean => value === null || (typeof value === 'object' && Object.keys(value).length === 0);
  const inner = (value: JsonObject[string] | undefined): JsonObject[string] =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null)) : (value ?? null);
  const kept = ['resources', 'limits', 'fit', 'fit_generator', 'compile'];
  return Object.fromEntries(
    Object.entries(body)
      .map(([name, value]) => [name, kept.includes(name) ? inner(value) : value] as const)
      .filter(([, value]) => !isEmpty(value)),
  );
}
