import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from '../deps.js';
import { askForSavedModel } from '../http/ask-predictor.js';
import { contentDisposition, matches } from '../http/send-object.js';
import { tar } from '../http/tar.js';
import type { Target } from './target.js';
import { withModel } from './with-model.js';

/**
 * Answers a checkpoint as a SavedModel, in a tar: what is in it belongs into the folder of a version, as TensorFlow Serving has them.
 * A predictor makes it, for libtensorflow writes the graph.
 *
 * @throws ApiError when the model has no such graph; `predictor_unavailable`
 */
export async function sendSavedModel(deps: Deps, request: FastifyRequest, reply: FastifyReply, target: Target): Promise<FastifyReply> {
  const { checkpointId: id, filename, kind, key, sha256, dataKey } = target;
  const etag = `W/"${sha256}-saved_model"`; // weak: another version of TensorFlow may write it otherwise
  void reply.headers({ etag, 'cache-control': 'private, no-cache' });
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const { modelJson } = await withModel(deps, target);
  const { bytes, body } = await askForSavedModel(deps.predictors, { checkpoint: { id, kind, key, sha256 }, model: modelJson, data: dataKey === null ? null : { data_key: dataKey } }, reply.raw);
  const entries = async function* () {
    yield { path: 'saved_model.pb', bytes, modified: new Date(), open: () => Promise.resolve(body) };
  };
  void reply.headers({ 'content-type': 'application/x-tar', 'content-disposition': contentDisposition(filename.replace(/(\.h5|\.hdf5)?$/, '.saved_model.tar')) });
  return reply.send(Readable.from(tar(entries())));
}
