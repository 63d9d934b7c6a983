import { Readable } from 'node:stream';
import { getJobSpec, type CheckpointRecord } from '@trainyard/database';
import { FormatError, parseModel, readUntrusted, writeModelJson, writeTfjsModel, type ModelFile, type TfjsFile } from '@trainyard/keras-format';
import { ApiError } from '@trainyard/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from '../deps.js';
import { mostConvertedBytes } from '../http/send-archive.js';
import { contentDisposition, matches } from '../http/send-object.js';
import { tar } from '../http/tar.js';

/**
 * Answers a checkpoint as a layers-model of TensorFlow.js, in a tar: `model.json` and its weights.
 *
 * @throws ApiError when it is too large, or has what TensorFlow.js does not have.
 */
export async function sendTfjs(deps: Deps, request: FastifyRequest, reply: FastifyReply, checkpoint: CheckpointRecord): Promise<FastifyReply> {
  const { filename, sha256, bytes, createdAt } = checkpoint;
  if (bytes > mostConvertedBytes) throw new ApiError('invalid_parameter', `${filename} has ${bytes} bytes, more than the ${mostConvertedBytes} that are converted here; take it as .h5`);
  const etag = `W/"${sha256}-tfjs"`;
  void reply.headers({ etag, 'cache-control': 'private, no-cache' });
  if (matches(request.headers['if-none-match'], etag)) return reply.code(304).send();
  const files = convert(await readWhole(deps, checkpoint));
  const entries = async function* () {
    for (const { name, bytes: content } of files) yield { path: name, bytes: content.length, modified: createdAt, open: () => Promise.resolve(Readable.from([Buffer.from(content)])) };
  };
  void reply.headers({ 'content-type': 'application/x-tar', 'content-disposition': contentDisposition(filename.replace(/(\.h5|\.hdf5)?$/, '.tfjs.tar')) });
  return reply.send(Readable.from(tar(entries())));
}

/** Of weights alone, with the job's model. */
async function readWhole({ store, database }: Deps, { key, kind, jobId }: CheckpointRecord): Promise<ModelFile> {
  const bytes = await store.read(key);
  if (kind === 'model') return readUntrusted(bytes, 'model');
  const description = parseModel((await getJobSpec(database, jobId)).architecture);
  return { ...(await readUntrusted(bytes, 'weights')), modelConfig: writeModelJson(description), kerasVersion: description.kerasVersion, optimizerWeights: [] };
}

function convert(file: ModelFile): TfjsFile[] {
  try {
    return writeTfjsModel(file);
  } catch (error) {
    if (error instanceof FormatError) throw new ApiError('model_invalid', error.message, { errors: [{ pointer: '', code: 'model_invalid', detail: error.message }] });
    throw error;
  }
}
