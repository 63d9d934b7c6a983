import { listCheckpoints } from '@trainyard/database';
import { Checkpoint, CheckpointRef, listOf } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { sendArchive } from '../../../../http/send-archive.js';
import { sendObject } from '../../../../http/send-object.js';
import { sendSavedModel } from '../../../../models/send-saved-model.js';
import { sendTfjs } from '../../../../models/send-tfjs.js';
import { targetOf } from '../../../../models/target.js';
import { chooseCheckpoint } from '../../../../jobs/find-checkpoint.js';
import { JobParams, loadTraining } from '../../../../jobs/load-job.js';
import { presentCheckpoint } from '../../../../jobs/present-checkpoint.js';

const RefParams = JobParams.extend({
  ref: CheckpointRef.meta({ description: 'An id, a filename, best, latest, final, or epoch-N', example: 'best' }),
});

const Query = z.strictObject({ format: z.enum(['h5', 'keras', 'tfjs', 'saved_model']).default('h5').meta({ description: 'keras: a whole model as the archive that Keras 3 opens; tfjs: a tar with a layers-model of TensorFlow.js; saved_model: one with the SavedModel that TensorFlow and TensorFlow Serving load' }) });

export function addCheckpoints(app: App, deps: Deps): void {
  const list = { tags: ['results'], summary: 'The checkpoints of a job, oldest first', params: JobParams, response: { 200: listOf(Checkpoint) } };
  app.get('/v1/jobs/:id/checkpoints', { config: { scope: 'read' }, schema: list }, async (request) => {
    const job = await loadTraining(deps, request);
    const all = await listCheckpoints(deps.database, job.id);
    const data = all.map((checkpoint) => presentCheckpoint(job, all, checkpoint));
    return { object: 'list' as const, data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null, has_more: false };
  });

  const content = { tags: ['results'], summary: 'The file of a checkpoint: .h5, as Keras writes and loads it, .keras, for TensorFlow.js, or as a SavedModel', params: RefParams, querystring: Query };
  app.get('/v1/jobs/:id/checkpoints/:ref/content', { config: { scope: 'read' }, schema: content }, async (request, reply) => {
    const job = await loadTraining(deps, request);
    const checkpoint = await chooseCheckpoint(deps, job, request.params.ref);
    if (request.query.format === 'keras') return sendArchive(deps.store, request, reply, checkpoint);
    if (request.query.format === 'tfjs') return sendTfjs(deps, request, reply, checkpoint);
    if (request.query.format === 'saved_model') return sendSavedModel(deps, request, reply, targetOf(job, checkpoint));
    const { key, filename, sha256 } = checkpoint;
    return sendObject(deps.store, request, reply, { key, filename, etag: sha256, contentType: 'application/x-hdf5' });
  });
}
