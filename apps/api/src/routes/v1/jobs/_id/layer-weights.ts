import { readUntrusted, type NamedArray } from '@trainyard/keras-format';
import { encodeNpz, nestedOf } from '@trainyard/ndarray';
import { ApiError, CheckpointRef, npzMediaType } from '@trainyard/protocol';
import { Readable } from 'node:stream';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { sendStream } from '../../../../http/send-stream.js';
import { findLayer } from '../../../../jobs/describe-layers.js';
import { chooseCheckpoint } from '../../../../jobs/find-checkpoint.js';
import { loadTraining } from '../../../../jobs/load-job.js';
import { readJobModel } from '../../../../jobs/read-model.js';
import { LayerParams } from './layers.js';

/** Numbers that are answered as JSON, about 10 bytes each. */
const mostNumbers = 50_000;

const Query = z.strictObject({ checkpoint: CheckpointRef.optional().meta({ description: 'Default: final, or latest while there is none' }) });
const LayerWeights = z
  .object({
    layer: z.string(),
    checkpoint: z.string(),
    weights: z.array(z.object({ name: z.string(), shape: z.array(z.int()), dtype: z.string(), values: z.unknown() })),
  })
  .meta({ id: 'LayerWeights' });

/** Keras's `layer.get_weights()`, out of a checkpoint. The file is read in a process of its own, so that others need not wait. */
export function addLayerWeights(app: App, deps: Deps): void {
  const schema = { tags: ['models'], summary: "A layer's weights in a checkpoint (JSON, or application/x-npz)", params: LayerParams, querystring: Query, response: { 200: LayerWeights } };
  app.get('/v1/jobs/:id/layers/:name/weights', { config: { scope: 'read' }, schema }, async (request, reply) => {
    const job = await loadTraining(deps, request);
    const { model, description } = await readJobModel(deps, job);
    const layer = findLayer(model, description, request.params.name);
    const checkpoint = await chooseCheckpoint(deps, job, request.query.checkpoint);
    const file = await readUntrusted(await deps.store.read(checkpoint.key), 'weights');
    const weights = file.layers.find((entry) => entry.layer === layer.name)?.weights ?? [];
    if ((request.headers.accept ?? '').includes(npzMediaType)) {
      void reply.header('x-trainyard-checkpoint', checkpoint.id);
      return sendStream(reply, npzMediaType, Readable.from([encodeNpz(weights.map(({ name, array }) => [name, array]))]));
    }
    requireFew(weights);
    return { layer: layer.name, checkpoint: checkpoint.id, weights: weights.map(({ name, array }) => ({ name, shape: [...array.shape], dtype: array.dtype, values: nestedOf(array) })) };
  });
}

function requireFew(weights: readonly NamedArray[]): void {
  const numbers = weights.reduce((sum, { array }) => sum + array.data.length, 0);
  if (numbers > mostNumbers) throw new ApiError('invalid_parameter', `the layer has ${numbers} numbers, more than the ${mostNumbers} that are answered as JSON; ask for them with Accept: ${npzMediaType}`);
}
