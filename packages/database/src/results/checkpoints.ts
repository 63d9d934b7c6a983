import { encodeMetrics, type Best, type Metrics } from '@trainyard/protocol';
import { holdAttemptToChange, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database } from '../database.js';
import { Prisma } from '../generated/client.js';
import { jsonInput } from '../json-input.js';
import { appendEventsUnfenced } from './events.js';

export interface NewCheckpoint {
  readonly id: string;
  readonly filename: string;
  /** Null when no epoch had ended. */
  readonly epoch: number | null;
  readonly step: number;
  readonly kind: 'model' | 'weights';
  readonly final: boolean;
  readonly metrics: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly sha256: string;
  /** Where the file lies in the object storage. It must be there already. */
  readonly key: string;
}

export interface CheckpointRecord extends Omit<NewCheckpoint, 'metrics'> {
  readonly jobId: string;
  readonly metrics: Metrics;
  readonly createdAt: Date;
}

/**
 * Makes a file that was stored a checkpoint of the job. Of several with one filename the newest counts, as a file that is
 * written again replaces itself. Calling it again with the same id changes nothing.
 *
 * @param best set on the job in the same transaction, when this checkpoint is the best so far.
 * @throws FencedError
 */
export async function addCheckpoint(database: Database, ref: AttemptRef, checkpoint: NewCheckpoint, best?: Best): Promise<void> {
  const { jobId, attempt } = ref;
  const { id, filename, epoch, step, kind } = checkpoint;
  await database.transaction(async (transaction) => {
    await holdAttemptToChange(transaction, ref);
    const row = { ...checkpoint, jobId, attempt, metrics: jsonInput(encodeMetrics(checkpoint.metrics)) };
    const { count } = await transaction.checkpoint.createMany({ data: [row], skipDuplicates: true });
    if (count === 0) return;
    if (best !== undefined) {
      await transaction.job.update({ where: { id: jobId }, data: { best: jsonInput(best) }, select: { id: true } });
    }
    await appendEventsUnfenced(transaction, jobId, attempt, [{ type: 'checkpoint', data: { id, filename, epoch, step, kind } }]);
  });
}

// Of each filename the newest; ids sort by creation.
const current = (jobId: string) => Prisma.sql`
  SELECT DISTINCT ON (filename) * FROM checkpoints WHERE job_id = ${jobId} ORDER BY filename, step DESC, id DESC`;

type Row = Omit<CheckpointRecord, 'bytes'> & { bytes: bigint };

/** The checkpoints of a job that count, in the order in which they were made. */
export async function listCheckpoints(database: Database, jobId: string): Promise<CheckpointRecord[]> {
  const rows = await database.run((client) =>
    client.$queryRaw<Row[]>`
      SELECT id, job_id AS "jobId", filename, epoch, step, kind, final, metrics, bytes, sha256, key, created_at AS "createdAt"
      FROM (${current(jobId)}) AS current ORDER BY step, id`,
  );
  return rows.map((row) => ({ ...row, bytes: Number(row.bytes) }));
}

/**
 * Deletes the checkpoints that newer ones of the same filename have replaced, and answers the keys of their files. Those
 * that a rewind to the older of the job's two snapshots would bring back are kept.
 *
 * @throws FencedError
 */
export async function takeReplacedCheckpoints(database: Database, ref: AttemptRef): Promise<string[]> {
  return database.transaction(async (transaction) => {
    await holdAttemptToChange(transaction, ref);
    const rows = await transaction.$queryRaw<{ key: string }[]>`
      DELETE FROM checkpoints AS old USING checkpoints AS new, jobs
      WHERE old.job_id = ${ref.jobId} AND new.job_id = old.job_id AND jobs.id = old.job_id
        AND new.filename = old.filename AND (new.step, new.id) > (old.step, old.id)
        AND (new.step <= coalesce((jobs.previous_snapshot->>'step')::int, -1) AND new.epoch < coalesce((jobs.previous_snapshot->>'epoch')::int, -1) OR new.final)
      RETURNING old.key`;
    return rows.map(({ key }) => key);
  });
}
