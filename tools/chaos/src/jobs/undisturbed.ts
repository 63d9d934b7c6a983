import type { JobRequestInput } from '@trainyard/protocol';
import type { JobsApi } from '@trainyard/stack';
import { readResult, type JobResult } from '../results/job-result.js';
import type { Connection } from '../site/connection.js';
import { untilJob } from '../site/jobs-table.js';

/** What a job comes to when nothing happens to it. */
export interface Undisturbed {
  readonly result: JobResult;
  /** From the first step to the end. */
  readonly trainingMs: number;
}

/** Runs a job to its end. @throws Error unless it succeeds */
export async function runUndisturbed(api: JobsApi, sql: Connection, request: JobRequestInput, csv?: string): Promise<Undisturbed> {
  const { id } = await api.submit(request);
  await untilJob(sql, id, 'to succeed undisturbed', ({ status }) => status === 'succeeded', { patienceMs: 600_000 });
  const { ms } = await sql.row<{ ms: number }>(
    `SELECT (extract(epoch FROM finished_at - (SELECT min(created_at) FROM events WHERE job_id = $1 AND type = 'phase' AND data ->> 'phase' = 'training')) * 1000)::float8 AS ms FROM jobs WHERE id = $1`,
    [id],
  );
  return { result: await readResult(api, sql, id, csv), trainingMs: ms };
}
