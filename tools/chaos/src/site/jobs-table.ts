import { isTerminal, type JobStatus } from '@trainyard/protocol';
import { waitFor, type Patience } from '@trainyard/stack';
import type { Connection } from './connection.js';

/** A job as the database has it. Times are in milliseconds since 1970, by the database's clock, which is this machine's. */
export interface JobRow {
  readonly id: string;
  readonly status: JobStatus;
  readonly phase: string | null;
  readonly attempt: number;
  /** The worker of its newest attempt. */
  readonly worker: string | null;
  readonly stopReason: string | null;
  /** Code and message of its error. */
  readonly error: string | null;
  /** Batches trained, as last reported: once a second. */
  readonly step: number;
  readonly snapshotStep: number | null;
  readonly metricsEvery: number | null;
}

const columns = `id, status, phase, attempt, worker, stop_reason AS "stopReason", (error ->> 'code') || ': ' || (error ->> 'message') AS error,
  coalesce((progress ->> 'step')::int, 0) AS step, snapshot_step AS "snapshotStep", metrics_every AS "metricsEvery"`;

export const readJob = (sql: Connection, id: string): Promise<JobRow> => sql.row<JobRow>(`SELECT ${columns} FROM jobs WHERE id = $1`, [id]);

/** In no order. */
export const readJobs = (sql: Connection, ids: readonly string[]): Promise<JobRow[]> => sql.rows<JobRow>(`SELECT ${columns} FROM jobs WHERE id = ANY($1)`, [ids]);

/** Waits until a job is as `wanted` says. @throws Error when it ends otherwise, or not in time. */
export async function untilJob(sql: Connection, id: string, what: string, wanted: (job: JobRow) => boolean, patience: Patience = {}): Promise<JobRow> {
  let last = '';
  try {
    return await waitFor(
      `${id} ${what}`,
      async () => {
        const job = await readJob(sql, id);
        last = describe(job);
        if (wanted(job)) return job;
        if (isTerminal(job.status)) throw new Error(`waited for ${id} ${what}`);
        return undefined;
      },
      { everyMs: 20, ...patience },
    );
  } catch (error) {
    throw new Error(`${(error as Error).message}; it is ${last}`, { cause: error });
  }
}

/** Waits until all have ended, each in its own way. Whoever has not by then is as it is. */
export async function untilAllEnded(sql: Connection, ids: readonly string[], patience: Patience): Promise<JobRow[]> {
  const ask = async (): Promise<JobRow[] | undefined> => {
    const jobs = await readJobs(sql, ids);
    return jobs.every(({ status }) => isTerminal(status)) ? jobs : undefined;
  };
  return waitFor(`${ids.length} jobs to end`, ask, { everyMs: 250, ...patience }).catch(() => readJobs(sql, ids));
}

/** Whether its attempt has begun to train, and has not ended. */
export const inTraining = ({ status, phase }: JobRow): boolean => status === 'running' && ['training', 'validating', 'checkpointing', 'uploading'].includes(phase ?? '');

/** `running (training), attempt 2 by worker-1, step 340`. */
export function describe({ status, phase, attempt, worker, error, step }: JobRow): string {
  return `${status}${phase === null ? '' : ` (${phase})`}, attempt ${attempt} by ${worker ?? 'nobody'}, step ${step}${error === null ? '' : `; ${error}`}`;
}

/** An attempt's row. */
export interface AttemptRow {
  readonly number: number;
  readonly worker: string;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly outcome: string | null;
  readonly error: string | null;
}

const inMs = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`;

export const readAttempts = (sql: Connection, id: string): Promise<AttemptRow[]> =>
  sql.rows<AttemptRow>(
    `SELECT number, worker, ${inMs('started_at')} AS "startedAt", ${inMs('ended_at')} AS "endedAt", outcome, error ->> 'code' AS error FROM attempts WHERE job_id = $1 ORDER BY number`,
    [id],
  );
