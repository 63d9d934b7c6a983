import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../../testing/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const put = (path: string, payload: string | Buffer, headers: Record<string, string> = {}) => api.call({ method: 'PUT', url: `/v1/files/${path}`, payload, headers: { 'content-type': 'application/octet-stream', ...headers } });
const get = (path: string, headers: Record<string, string> = {}) => api.call({ method: 'GET', url: `/v1/files/${path}`, headers });

test('a file is stored, found, served and deleted', async () => {
  const stored = await put('data/train%20set/a.npz', 'hello');
  expect(stored.statusCode).toBe(201);
  expect(stored.json()).toMatchObject({ object: 'file', path: 'data/train set/a.npz', uri: 'files/data/train set/a.npz', bytes: 5 });
  expect(stored.headers.location).toBe('/v1/files/data/train%20set/a.npz');
  const served = await get('data/train%20set/a.npz');
  expect(served.body).toBe('hello');
  expect(served.headers).toMatchObject({ 'content-length': '5', 'accept-ranges': 'bytes', 'x-content-type-options': 'nosniff' });
  expect(served.headers['content-disposition']).toContain('attachment; filename="a.npz"');
  expect((await api.call({ method: 'DELETE', url: '/v1/files/data/train%20set/a.npz' })).json()).toMatchObject({ deleted: true });
  expect((await get('data/train%20set/a.npz')).statusCode).toBe(404);
  expect((await api.call({ method: 'DELETE', url: '/v1/files/data/train%20set/a.npz' })).statusCode).toBe(404);
});

test('any type is stored as it comes, JSON and nothing at all too', async () => {
  for (const [path, body, type] of [['a.json', '{"a": 1', 'application/json'], ['b.txt', 'text', 'text/plain'], ['c', '', 'text/plain']] as const) {
    expect((await put(`types/${path}`, body, { 'content-type': type })).statusCode).toBe(201);
    expect((await get(`types/${path}`)).body).toBe(body);
  }
});

test('an existing file is replaced, and its ETag changes', async () => {
  await put('etag', 'one');
  const first = (await get('etag')).headers.etag as string;
  expect((await get('etag', { 'if-none-match': first })).statusCode).toBe(304);
  await put('etag', 'other');
  expect((await get('etag', { 'if-none-match': first })).body).toBe('other');
});

describe('ranges', () => {
  beforeAll(() => put('digits', '0123456789'));

  test.each([
    ['bytes=0-3', '0123', 'bytes 0-3/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-2', '89', 'bytes 8-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
  ])('%s', async (range, body, contentRange) => {
    const response = await get('digits', { range });
    expect(response).toMatchObject({ statusCode: 206, body });
    expect(response.headers).toMatchObject({ 'content-range': contentRange, 'content-length': String(body.length) });
  });

  test.each(['bytes=10-', 'bytes=-0', 'bytes=5-2'])('%s lies outside', async (range) => {
    const response = await get('digits', { range });
    expect(response.json()).toMatchObject({ status: 416, code: 'range_not_satisfiable' });
    expect(response.headers['content-range']).toBe('bytes */10');
  });

  test('a range of a file that has changed since is the whole file', async () => {
    const { etag } = (await get('digits')).headers;
    expect((await get('digits', { range: 'bytes=0-1', 'if-range': etag as string })).statusCode).toBe(206);
    expect((await get('digits', { range: 'bytes=0-1', 'if-range': '"old"' })).body).toBe('0123456789');
  });

  test('HEAD tells the size', async () => {
    const response = await api.call({ method: 'HEAD', url: '/v1/files/digits' });
    expect(response.headers['content-length']).toBe('10');
    expect(response.body).toBe('');
  });
});

test('files are listed by path, in pages', async () => {
  for (const name of ['b', 'a/2', 'a/1', 'é']) await put(`list/${name}`, name);
  const first = (await api.call({ method: 'GET', url: '/v1/files?prefix=list/&limit=3' })).json();
  expect(first.data.map(({ path }: { path: string }) => path)).toEqual(['list/a/1', 'list/a/2', 'list/b']);
  expect(first).toMatchObject({ last_id: 'list/b', has_more: true });
  const second = (await api.call({ method: 'GET', url: `/v1/files?prefix=list/&limit=3&after=${first.last_id}` })).json();
  expect(second).toMatchObject({ first_id: 'list/é', has_more: false });
  expect((await api.call({ method: 'GET', url: '/v1/files?prefix=none' })).json()).toMatchObject({ data: [], first_id: null });
});

test("another project's files are its own", async () => {
  await put('mine', 'x');
  const others = await api.keyHeaders(['admin'], 'other');
  expect((await get('mine', others)).statusCode).toBe(404);
});

test.each(['a/../b', 'a//b', '%2e%2e/x', 'a%00b', 'a/..%2f..%2fother'])('the path %s is refused', async (path) => {
  const response = await put(path, 'x');
  // The client's URL parser may resolve `..` itself: then the path leads elsewhere, and never to another project.
  expect([400, 404, 201]).toContain(response.statusCode);
  for await (const { key } of api.store.list('')) expect(key.startsWith(`projects/`) && !key.includes('..')).toBe(true);
});

test('an upload that breaks off stores nothing', async () => {
  const own = await startApi();
  const base = new URL(await own.app.listen({ host: '127.0.0.1', port: 0 }));
  const upload = httpRequest({ host: base.hostname, port: base.port, method: 'PUT', path: '/v1/files/half', headers: { ...own.headers, 'content-length': '1000000' } });
  upload.on('error', () => undefined);
  upload.write(Buffer.alloc(100_000));
  await once(upload, 'socket');
  await new Promise((resolve) => setTimeout(resolve, 100));
  upload.destroy();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await own.call({ method: 'GET', url: '/v1/files/half' })).statusCode).toBe(404);
  await own.close();
});
