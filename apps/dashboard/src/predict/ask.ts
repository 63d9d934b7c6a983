import type { Client, Http } from '@trainyard/client';
import type { Json } from '@trainyard/protocol';

/** What is asked: a checkpoint of a job, `final` or the latest where none is named; or whatever answers under a name. */
export type Asked = { readonly job: string; readonly checkpoint: string | undefined } | { readonly model: string };

export interface Answer {
  readonly prediction: Json;
  /** Which checkpoint answered, and of which version. */
  readonly by: string;
}

/**
 * What a model makes of one row.
 *
 * @param raw the row is as in the files that it was trained on
 */
export async function ask({ client, http }: { readonly client: Client; readonly http: Http }, asked: Asked, instance: Json, raw: boolean): Promise<Answer> {
  const body = { instances: [instance], raw };
  if ('job' in asked) {
    const answer = await client.jobs.predict(asked.job, { ...body, ...(asked.checkpoint === undefined ? {} : { checkpoint: asked.checkpoint }) });
    return { prediction: firstOf(answer), by: answer.checkpoint };
  }
  // Which version and checkpoint of a split answered is told in headers.
  const response = await http.send(`/v1/models/${encodeURIComponent(asked.model)}:predict`, { method: 'POST', json: body });
  const by = [`version ${response.headers.get('x-trainyard-model-version')}`, response.headers.get('x-trainyard-checkpoint')].join(', ');
  return { prediction: firstOf(await response.json()), by };
}

const firstOf = (answer: unknown): Json => (answer as { predictions?: Json[] }).predictions?.[0] ?? null;
