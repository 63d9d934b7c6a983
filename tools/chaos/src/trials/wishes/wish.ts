import type { Job, JobStatus } from '@trainyard/protocol';
import { expectOk, type JobsApi } from '@trainyard/stack';
import type { Connection } from '../../site/connection.js';

export type Wish = 'cancel' | 'stop' | 'pause';

/** What a job is once a wish has been done. */
export const endOf = { cancel: 'cancelled', stop: 'succeeded', pause: 'paused' } as const satisfies Record<Wish, JobStatus>;

/** Sends a wish. @returns the status that was answered, and how long the answer took */
export async function makeWish(api: JobsApi, id: string, wish: Wish | 'resume'): Promise<{ readonly status: JobStatus; readonly tookMs: number }> {
  const started = performance.now();
  const answer = await api.call<Job>('POST', `/v1/jobs/${id}/${wish}`, {});
  const tookMs = performance.now() - started;
  if (answer.status === 409) return { status: (await api.job(id)).status, tookMs }; // it has ended meanwhile
  return { status: expectOk(answer).status, tookMs };
}

/** Whether the API serves pause and resume. */
export async function canPause(api: JobsApi): Promise<boolean> {
  const { paths } = await api.get<{ paths: Record<string, unknown> }>('/openapi.json');
  return '/v1/jobs/{id}/pause' in paths && '/v1/jobs/{id}/resume' in paths;
}

/** Whether a job had begun to train when its user's wish came. */
export async function trainedBefore(sql: Connection, id: string): Promise<boolean> {
  const { trained } = await sql.row<{ trained: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM events training, events wish WHERE training.job_id = $1 AND wish.job_id = $1 AND training.type = 'phase' AND training.data ->> 'phase' = 'training'
       AND wish.type = 'intent' AND training.seq < wish.seq) AS trained`,
    [id],
  );
  return trained;
}
