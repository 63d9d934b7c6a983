import type { CheckpointRecord } from '@trainyard/database';
import { readUntrusted, writeKerasArchive } from '@trainyard/keras-format';
import type { ObjectStore } from '@trainyard/object-store';
import { ApiError } from '@trainyard/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { forKeras3 } from '../jobs/for-keras3.js';
import { contentDisposition, matches } from './send-object.js';

/** Of a file that is converted while others wait: it is read, held and written in memory. */
export const mostConvertedBytes = 2 ** 28;

/**
 * Answers a checkpoint of a whole model as a `.keras` archive.
 *
 * @throws ApiError when it is no whole model, too large, or has what Keras 3 does not have.
 */
export async function sendArchive(store: ObjectStore, request: FastifyRequest, reply: FastifyReply, checkpoint: CheckpointRecord): Promise<FastifyReply> {
  const { key, kind, filename, sha256, bytes, createdAt } = checkpoint;
  if (kind !== 'model') throw new ApiError('invalid_parameter', `${filename} has weights alone; a .keras is a whole model. Take it as .h5, or another checkpoint (save_weights_only: false)`);
  if (bytes > mostConvertedBytes) throw new ApiError('invalid_parameter', `${filename} has ${bytes} bytes, more than the ${mostConvertedBytes} that are converted here; take it as .h5, which Keras 3 opens too`);
  const etag = `W/"${sha256}-keras"`; // weak: files within an archive carry the time
  void reply.headers({ etag, 'cache-control': 'private, no-cache' });
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const file = await readUntrusted(await store.read(key), 'model');
  const archive = await forKeras3(() => writeKerasArchive(file, { savedAt: createdAt }));
  void reply.headers({ 'content-type': 'application/zip', 'content-disposition': contentDisposition(filename.replace(/(\.h5|\.hdf5)?$/, '.keras')) });
  return reply.send(Buffer.from(archive));
}
