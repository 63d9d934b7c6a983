import type { InferenceSpec, ModelSummary } from '@trainyard/protocol';
import type { Database } from '../database.js';
import { withIdempotency, insertJob, type IdempotencyUse } from './create-job.js';
import type { InferenceRecord, JobRecord } from './job-record.js';
import { storeUses, type Use } from './object-uses.js';

export interface NewInference {
  readonly projectId: string;
  readonly kind: InferenceRecord['kind'];
  readonly spec: InferenceSpec;
  readonly model: ModelSummary;
  readonly idempotency?: IdempotencyUse | undefined;
  readonly traceparent?: string | null | undefined;
}

/**
 * Stores a job that applies a checkpoint of another one to a source, as queued. Until it has ended the checkpoint stays. When the
 * key was used before for the same body, that job is answered instead.
 *
 * @throws IdempotencyMismatchError; CheckpointGoneError when the checkpoint has been deleted.
 */
export async function createInference(database: Database, { projectId, kind, spec, model, idempotency, traceparent }: NewInference): Promise<{ job: JobRecord; created: boolean }> {
  const { architecture, ...rest } = spec;
  const row = { projectId, kind, name: spec.name, metadata: spec.metadata, spec: rest, architecture, model, warnings: [], idempotency, traceparent };
  return withIdempotency(database, projectId, idempotency, async (transaction) => {
    const job = await insertJob(transaction, row);
    await storeUses(transaction, job.id, usesOf(spec));
    return job;
  });
}

function usesOf({ checkpoint: { job, id, key, data_key: dataKey } }: InferenceSpec): Use[] {
  return [{ job, key, checkpoint: id }, ...(dataKey === null ? [] : [{ job, key: dataKey }])];
}
