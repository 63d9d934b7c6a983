import { Readable } from 'node:stream';
import type { ObjectStore } from '@trainyard/object-store';
import { listOf, TensorBoardFile } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { contentDisposition, sendObject } from '../../../../http/send-object.js';
import { sendStream } from '../../../../http/send-stream.js';
import { tar, type TarEntry } from '../../../../http/tar.js';
import { JobParams, loadTraining } from '../../../../jobs/load-job.js';
import { tensorBoardPrefix } from '../../../../jobs/object-keys.js';

const Query = z.strictObject({ format: z.enum(['list', 'tar']).default('list').meta({ description: 'tar: all files in one archive, for tensorboard --logdir' }) });

export function addTensorBoard(app: App, deps: Deps): void {
  const list = { tags: ['results'], summary: 'The TensorBoard event files of a job', params: JobParams, querystring: Query, response: { 200: listOf(TensorBoardFile) } };
  app.get('/v1/jobs/:id/tensorboard', { config: { scope: 'read' }, schema: list }, async (request, reply) => {
    const job = await loadTraining(deps, request);
    const prefix = tensorBoardPrefix(request.projectId, job.id);
    if (request.query.format === 'tar') {
      void reply.header('content-disposition', contentDisposition(`${job.id}-tensorboard.tar`));
      return sendStream(reply, 'application/x-tar', Readable.from(tar(entriesOf(deps.store, prefix))));
    }
    const data: TensorBoardFile[] = [];
    for await (const { key, bytes, modified } of deps.store.list(prefix)) data.push({ path: key.slice(prefix.length), bytes, modified_at: modified.toISOString() });
    return { object: 'list' as const, data, first_id: data[0]?.path ?? null, last_id: data.at(-1)?.path ?? null, has_more: false };
  });

  const FileParams = JobParams.extend({ '*': z.string().min(1) });
  const file = { tags: ['results'], summary: 'One event file', params: FileParams };
  app.get('/v1/jobs/:id/tensorboard/*', { config: { scope: 'read' }, schema: file }, async (request, reply) => {
    const job = await loadTraining(deps, request);
    const { '*': path } = request.params;
    const filename = path.split('/').at(-1) ?? path;
    return sendObject(deps.store, request, reply, { key: tensorBoardPrefix(request.projectId, job.id) + path, filename, contentType: 'application/octet-stream' });
  });
}

/** Event files grow while a job runs: of each, as much as there was when it was listed. */
async function* entriesOf(store: ObjectStore, prefix: string): AsyncGenerator<TarEntry> {
  for await (const { key, bytes, modified } of store.list(prefix)) {
    const open = async (): Promise<Readable> => (bytes === 0 ? Readable.from([]) : (await store.get(key, { start: 0, end: bytes - 1 })).body);
    yield { path: key.slice(prefix.length), bytes, modified, open };
  }
}
