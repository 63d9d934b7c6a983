import { Readable } from 'node:stream';
import { ApiError, FileResource, listOf } from '@trainyard/protocol';
import { checkKey, checkPrefix, type ObjectInfo } from '@trainyard/object-store';
import { z } from 'zod';
import type { App, Deps } from '../../../deps.js';
import { sendObject } from '../../../http/send-object.js';
import { filePrefix } from '../../../jobs/object-keys.js';

const PathParams = z.object({ '*': z.string().min(1).meta({ description: 'Path of the file; may contain /' }) });
const ListQuery = z.strictObject({
  prefix: z.string().default(''),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  after: z.string().optional().meta({ description: 'last_id of the page before' }),
});
const Deleted = z.object({ path: z.string(), object: z.literal('file'), deleted: z.literal(true) });

/** The project's own files: streamed in and out, and then named `files/{path}` by sources and weights. */
export function addFileRoutes(app: App, deps: Deps): void {
  addListFiles(app, deps);
  void app.register(async (scope: App) => {
    // Whatever the type, bytes are stored as they come, and never held.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    addPutFile(scope, deps);
  });
  addGetFile(app, deps);
  addDeleteFile(app, deps);
}

function addPutFile(app: App, { store }: Deps): void {
  const schema = { tags: ['files'], summary: 'Store a file; an existing one is replaced', params: PathParams, response: { 201: FileResource } };
  app.put('/v1/files/*', { config: { scope: 'train' }, schema }, async (request, reply) => {
    const { '*': path } = request.params;
    checkKey(path);
    const body = request.body instanceof Readable ? request.body : Readable.from([]);
    const info = await store.put(filePrefix(request.projectId) + path, body).catch((error: unknown) => {
      if (request.raw.readableAborted) throw new ApiError('invalid_parameter', 'the upload broke off; nothing was stored');
      throw error;
    });
    return reply.code(201).header('location', `/v1/files/${encodeURI(path)}`).send(present(request.projectId, info));
  });
}

function addGetFile(app: App, { store }: Deps): void {
  app.get('/v1/files/*', { config: { scope: 'read' }, schema: { tags: ['files'], summary: 'Get a file', params: PathParams } }, async (request, reply) => {
    const { '*': path } = request.params;
    checkKey(path);
    const filename = path.split('/').at(-1) ?? path;
    return sendObject(store, request, reply, { key: filePrefix(request.projectId) + path, filename, contentType: 'application/octet-stream' });
  });
}

function addDeleteFile(app: App, { store }: Deps): void {
  const schema = { tags: ['files'], summary: 'Delete a file', params: PathParams, response: { 200: Deleted } };
  app.delete('/v1/files/*', { config: { scope: 'train' }, schema }, async (request) => {
    const { '*': path } = request.params;
    checkKey(path);
    const key = filePrefix(request.projectId) + path;
    if ((await store.stat(key)) === undefined) throw new ApiError('not_found', `there is no file ${path}`);
    await store.delete([key]);
    return { path, object: 'file' as const, deleted: true as const };
  });
}

function addListFiles(app: App, { store }: Deps): void {
  const schema = { tags: ['files'], summary: 'List files by path', querystring: ListQuery, response: { 200: listOf(FileResource) } };
  app.get('/v1/files', { config: { scope: 'read' }, schema }, async (request) => {
    const { prefix, limit, after } = request.query;
    if (prefix !== '') checkPrefix(prefix);
    const base = filePrefix(request.projectId);
    const data: FileResource[] = [];
    let hasMore = false;
    for await (const info of store.list(base + prefix)) {
      // Stores list by the bytes of UTF-8.
      if (after !== undefined && Buffer.compare(Buffer.from(info.key), Buffer.from(base + after)) <= 0) continue;
      hasMore = data.length === limit;
      if (hasMore) break;
      data.push(present(request.projectId, info));
    }
    return { object: 'list' as const, data, first_id: data[0]?.path ?? null, last_id: data.at(-1)?.path ?? null, has_more: hasMore };
  });
}

function present(projectId: string, { key, bytes, etag, modified }: ObjectInfo): FileResource {
  const path = key.slice(filePrefix(projectId).length);
  return { object: 'file', path, uri: `files/${path}`, bytes, etag, modified_at: modified.toISOString() };
}
