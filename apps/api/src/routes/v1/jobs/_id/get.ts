import { createHash } from 'node:crypto';
import { findJob, presentJob, queuePosition, type UserJobRecord } from '@trainyard/database';
import { isTerminal, Job } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { pause, type OpenStreams } from '../../../../http/open-streams.js';
import { matches } from '../../../../http/send-object.js';
import { jobNotFound, JobParams, loadJob } from '../../../../jobs/load-job.js';

const Query = z.strictObject({
  wait: z.coerce.number().min(0).max(60).optional().meta({ description: 'Hold the answer until the status changes, at most so many seconds' }),
});
const pollMs = 400;

export function addGetJob(app: App, deps: Deps, streams: OpenStreams): void {
  const schema = { tags: ['jobs'], summary: 'Get a job', params: JobParams, querystring: Query, response: { 200: Job, 304: z.undefined() } };
  app.get('/v1/jobs/:id', { config: { scope: 'read' }, schema }, async (request, reply) => {
    let job = await loadJob(deps, request);
    const { wait = 0 } = request.query;
    if (wait > 0 && !isTerminal(job.status)) {
      const { signal, done } = streams.open(reply);
      job = await untilChanged(deps, job, wait * 1000, signal).finally(done);
    }
    const resource = presentJob(job, await queuePosition(deps.database, job));
    const etag = `"${createHash('sha256').update(JSON.stringify(resource)).digest('base64url').slice(0, 27)}"`;
    void reply.headers({ etag, 'cache-control': 'private, no-cache' });
    if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
    return reply.send(resource);
  });
}

async function untilChanged({ database }: Deps, job: UserJobRecord, ms: number, signal: AbortSignal): Promise<UserJobRecord> {
  const end = performance.now() + ms;
  let now: UserJobRecord | undefined = job;
  while (now.status === job.status && performance.now() < end && !signal.aborted) {
    await pause(Math.min(pollMs, end - performance.now()), signal);
    now = await findJob(database, job.projectId, job.id);
    if (now === undefined) throw jobNotFound(job.id);
  }
  return now;
}
