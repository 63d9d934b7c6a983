import { newJobId, type JobSpec, type JsonObject, type ModelSummary, type Warning } from '@trainyard/protocol';
import type { Database, Transaction } from '../database.js';
import { IdempotencyMismatchError } from '../errors.js';
import { appendEventsUnfenced } from '../results/events.js';
import { jsonInput } from '../json-input.js';
import { Prisma } from '../generated/client.js';
import { storeUses, usesOf } from './object-uses.js';
import { toJobRecord, withoutArchitecture, type JobRecord, type StoredKind } from './job-record.js';

export interface NewJob {
  readonly projectId: string;
  readonly spec: JobSpec;
  readonly model: ModelSummary;
  readonly warnings: readonly Warning[];
  /** The client's Idempotency-Key with a hash of the body it came with. */
  readonly idempotency?: IdempotencyUse | undefined;
  readonly traceparent?: string | null | undefined;
}

export interface IdempotencyUse {
  readonly key: string;
  readonly bodyHash: string;
}

/** Another request with the same Idempotency-Key was first. */
class KeyTaken extends Error {}

/**
 * Stores a job as queued, with its first event and its Idempotency-Key in one transaction. When the key was used before
 * for the same body, that job is answered instead.
 *
 * @throws IdempotencyMismatchError when the key was used for another body; CheckpointGoneError when a checkpoint that the job
 *   was to work from has been deleted.
 */
export async function createJob(database: Database, { projectId, spec, model, warnings, idempotency, traceparent }: NewJob): Promise<{ job: JobRecord; created: boolean }> {
  const { architecture, ...rest } = spec;
  const row = { projectId, kind: 'train' as const, name: spec.name, metadata: spec.metadata, spec: rest, architecture, model, warnings, idempotency, traceparent };
  return withIdempotency(database, projectId, idempotency, async (transaction) => {
    const job = await insertJob(transaction, row);
    await storeUses(transaction, job.id, usesOf(spec));
    return job;
  });
}

/** What `insert` makes; or the job of an earlier request with this key. @throws IdempotencyMismatchError */
export async function withIdempotency(
  database: Database,
  projectId: string,
  idempotency: IdempotencyUse | undefined,
  insert: (transaction: Transaction) => Promise<JobRecord>,
): Promise<{ job: JobRecord; created: boolean }> {
  try {
    return { job: await database.transaction(insert), created: true };
  } catch (error) {
    if (!(error instanceof KeyTaken) || idempotency === undefined) throw error;
    const earlier = await findIdempotentJob(database, projectId, idempotency);
    if (earlier === undefined) throw new Error(`the job of Idempotency-Key ${idempotency.key} is gone`, { cause: error });
    return { job: earlier, created: false };
  }
}

/**
 * The job that was created with this key within the last 24 hours.
 *
 * @throws IdempotencyMismatchError when that was for another body.
 */
export async function findIdempotentJob(database: Database, projectId: string, use: IdempotencyUse): Promise<JobRecord | undefined> {
  return database.run(async (client) => {
    const [row] = await client.$queryRaw<{ job_id: string; body_hash: string }[]>`
      SELECT job_id, body_hash FROM idempotency_keys
      WHERE project_id = ${projectId} AND key = ${use.key} AND created_at > now() - interval '24 hours'`;
    if (row === undefined) return undefined;
    if (row.body_hash !== use.bodyHash) throw new IdempotencyMismatchError(`Idempotency-Key "${use.key}" was used for another body`);
    return toJobRecord(await client.job.findUniqueOrThrow({ where: { id: row.job_id }, omit: withoutArchitecture }));
  });
}

/** A job's row of any kind. */
export interface NewJobRow {
  readonly projectId: string;
  readonly kind: StoredKind;
  readonly name: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly spec: { readonly priority: number; readonly limits: { readonly max_attempts: number } };
  readonly architecture: JsonObject;
  readonly model: ModelSummary | Record<string, never>;
  readonly warnings: readonly Warning[];
  readonly idempotency?: IdempotencyUse | undefined;
  /** Of the request that creates it; none where nothing is traced. */
  readonly traceparent?: string | null | undefined;
}

/** Stores a queued job with its first event and its Idempotency-Key. */
export async function insertJob(transaction: Transaction, row: NewJobRow): Promise<JobRecord> {
  const { projectId, kind, name, metadata, spec, architecture, model, warnings, idempotency, traceparent = null } = row;
  const id = newJobId();
  await transaction.job.create({
    data: {
      id,
      projectId,
      kind,
      name,
      metadata: jsonInput(metadata),
      priority: spec.priority,
      spec: jsonInput(spec),
      architecture: jsonInput(architecture),
      model: jsonInput(model),
      warnings: jsonInput(warnings),
      maxAttempts: spec.limits.max_attempts,
      traceparent,
    },
    select: { id: true },
  });
  await transaction.$executeRaw`UPDATE jobs SET queued_at = created_at WHERE id = ${id}`;
  if (idempotency !== undefined) await useKey(transaction, projectId, id, idempotency);
  await appendEventsUnfenced(transaction, id, 0, [{ type: 'status', data: { status: 'queued', previous: null } }]);
  return toJobRecord(await transaction.job.findUniqueOrThrow({ where: { id }, omit: withoutArchitecture }));
}

async function useKey(transaction: Transaction, projectId: string, jobId: string, { key, bodyHash }: IdempotencyUse): Promise<void> {
  // A key that has expired is taken over; one that has not makes the update touch nothing.
  const written = await transaction.$executeRaw(Prisma.sql`
    INSERT INTO idempotency_keys (project_id, key, body_hash, job_id) VALUES (${projectId}, ${key}, ${bodyHash}, ${jobId})
    ON CONFLICT (project_id, key) DO UPDATE SET body_hash = excluded.body_hash, job_id = excluded.job_id, created_at = now()
    WHERE idempotency_keys.created_at <= now() - interval '24 hours'`);
  if (written === 0) throw new KeyTaken();
}
