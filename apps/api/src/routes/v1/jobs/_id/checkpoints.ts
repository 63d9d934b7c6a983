import { listCheckpoints } from '@trainyard/database';
import { Checkpoint, CheckpointRef, listOf } from '@trainyard/protocol';
import type { App, Deps } from '../../../../deps.js';
import { sendObject } from '../../../../http/send-object.js';
import { chooseCheckpoint } from '../../../../jobs/find-checkpoint.js';
import { JobParams, loadJob } from '../../../../jobs/load-job.js';
import { presentCheckpoint } from '../../../../jobs/present-job.js';

const RefParams = JobParams.extend({
  ref: CheckpointRef.meta({ description: 'An id, a filename, best, latest, final, or epoch-N', example: 'best' }),
});

export function addCheckpoints(app: App, deps: Deps): void {
  const list = { tags: ['results'], summary: 'The checkpoints of a job, oldest first', params: JobParams, response: { 200: listOf(Checkpoint) } };
  app.get('/v1/jobs/:id/checkpoints', { config: { scope: 'read' }, schema: list }, async (request) => {
    const job = await loadJob(deps, request);
    const all = await listCheckpoints(deps.database, job.id);
    const data = all.map((checkpoint) => presentCheckpoint(job, all, checkpoint));
    return { object: 'list' as const, data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: false };
  });

  const content = { tags: ['results'], summary: 'The file of a checkpoint: .h5, as Keras writes and loads it', params: RefParams };
  app.get('/v1/jobs/:id/checkpoints/:ref/content', { config: { scope: 'read' }, schema: content }, async (request, reply) => {
    const job = await loadJob(deps, request);
    const { key, filename, sha256 } = await chooseCheckpoint(deps, job, request.params.ref);
    return sendObject(deps.store, request, reply, { key, filename, etag: sha256, contentType: 'application/x-hdf5' });
  });
}
