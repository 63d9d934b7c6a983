import { once } from 'node:events';
import { connect } from 'node:net';
import { Problem, problemMediaType } from '@trainyard/protocol';
import { openProducer } from '@trainyard/queue';
import { closedPort } from '@trainyard/queue/testing';
import { openDatabase } from '@trainyard/database';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { buildApp } from './app.js';
import { startApi, type TestApi } from './testing/api.js';
import { createdJob } from './testing/attempt.js';
import { jobBody } from './testing/examples.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const json = { 'content-type': 'application/json' };

describe('every error is a problem', () => {
  test.each([
    ['an unknown route', { method: 'GET', url: '/v2/nothing' }, 404, 'not_found'],
    ['an unknown method', { method: 'PATCH', url: '/v1/jobs' }, 404, 'not_found'],
    ['malformed JSON', { method: 'POST', url: '/v1/jobs', payload: '{"a":', headers: json }, 400, 'malformed_json'],
    ['a prototype', { method: 'POST', url: '/v1/jobs', payload: '{"__proto__": {"a": 1}}', headers: json }, 400, 'malformed_json'],
    ['JSON that is too deep', { method: 'POST', url: '/v1/jobs', payload: `{"model": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, headers: json }, 400, 'malformed_json'],
    ['no body', { method: 'POST', url: '/v1/jobs' }, 422, 'invalid_request'],
    ['an empty body', { method: 'POST', url: '/v1/jobs', payload: '', headers: json }, 422, 'invalid_request'],
    ['a body of another type', { method: 'POST', url: '/v1/jobs', payload: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415, 'unsupported_media_type'],
    ['a body that is too large', { method: 'POST', url: '/v1/jobs', payload: '{}', headers: { ...json, 'content-length': String(65 * 2 ** 20) } }, 413, 'too_large'],
    ['a URL that cannot be decoded', { method: 'GET', url: '/v1/jobs/%zz' }, 400, 'invalid_parameter'],
    ['an empty Idempotency-Key', { method: 'POST', url: '/v1/jobs', payload: jobBody, headers: { 'idempotency-key': 'x'.repeat(300) } }, 400, 'invalid_parameter'],
  ] as const)('%s', async (_name, options, status, code) => {
    const response = await api.call(options);
    expect(response.headers['content-type']).toBe(problemMediaType);
    const problem = Problem.parse(response.json());
    expect(problem).toMatchObject({ status, code, error: problem.detail, type: `/docs/errors#${code}`, request_id: response.headers['x-request-id'] });
    expect(response.statusCode).toBe(status);
  });

  test('what is not HTTP at all too', async () => {
    const own = await startApi();
    const { port } = new URL(await own.app.listen({ host: '127.0.0.1', port: 0 }));
    const socket = connect(Number(port), '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain(problemMediaType);
    await own.close();
  });
});

test('closing answers what was asked, and does not wait for connections that ask nothing', async () => {
  const own = await startApi();
  const base = new URL(await own.app.listen({ host: '127.0.0.1', port: 0 }));
  const silent = connect(Number(base.port), base.hostname);
  await once(silent, 'connect');
  const id = await createdJob(own);
  const arrived = once(own.app.server, 'request');
  const waiting = fetch(new URL(`/v1/jobs/${id}?wait=60`, base), { headers: own.headers });
  await arrived;
  const closed = own.close();
  const ended = once(silent, 'close');
  expect(await (await waiting).json()).toMatchObject({ id, status: 'queued' });
  await Promise.all([closed, ended]);
});

describe('keys', () => {
  test('are needed', async () => {
    for (const headers of [{}, { authorization: 'Bearer ty_wrong' }, { authorization: 'Basic abc' }]) {
      const response = await api.app.inject({ method: 'GET', url: '/v1/jobs', headers });
      expect(response.json()).toMatchObject({ status: 401, code: 'unauthenticated' });
      expect(response.headers['www-authenticate']).toBe('Bearer');
    }
  });

  test.each([
    [['read'], 'GET', '/v1/jobs', 200],
    [['read'], 'POST', '/v1/jobs', 403],
    [['train'], 'GET', '/v1/jobs', 403],
    [['predict'], 'PUT', '/v1/files/a', 403],
    [['train', 'read', 'predict'], 'GET', '/v1/keys', 403],
    [['admin'], 'GET', '/v1/keys', 200],
  ] as const)('with %j: %s %s → %i', async (scopes, method, url, status) => {
    const response = await api.app.inject({ method, url, headers: await api.keyHeaders(scopes) });
    expect(response.statusCode).toBe(status);
  });

  test('are made, listed without themselves, used and deleted', async () => {
    const made = (await api.call({ method: 'POST', url: '/v1/keys', payload: { name: 'ci', scopes: ['read'] } })).json();
    const headers = { authorization: `Bearer ${made.key}` };
    expect((await api.app.inject({ method: 'GET', url: '/v1/jobs', headers })).statusCode).toBe(200);
    const list = await api.call({ method: 'GET', url: '/v1/keys' });
    expect(list.json().data).toContainEqual(expect.objectContaining({ id: made.id, name: 'ci', scopes: ['read'] }));
    expect(list.body).not.toContain(made.key);
    expect((await api.call({ method: 'DELETE', url: `/v1/keys/${made.id}` })).statusCode).toBe(200);
    expect((await api.app.inject({ method: 'GET', url: '/v1/jobs', headers })).statusCode).toBe(401);
    expect((await api.call({ method: 'DELETE', url: `/v1/keys/${made.id}` })).statusCode).toBe(404);
  });

  test('can be off on this machine, for requests that name it', async () => {
    const own = await startApi();
    const app = await buildApp({ ...own.deps, auth: { mode: 'off', projectId: own.projectId } });
    expect((await app.inject({ method: 'GET', url: 'http://127.0.0.1:8000/v1/jobs' })).statusCode).toBe(200);
    expect((await app.inject({ method: 'GET', url: 'http://[::1]:8000/v1/jobs' })).statusCode).toBe(200);
    expect((await app.inject({ method: 'GET', url: 'http://evil.example/v1/jobs' })).statusCode).toBe(403);
    await app.close();
    await own.close();
  });
});

describe('health', () => {
  test('tells the state of each part', async () => {
    await vi.waitFor(() => api.deps.producer.ping());
    expect((await api.app.inject('/healthz')).json()).toEqual({ status: 'ok' });
    const response = await api.app.inject('/readyz');
    expect(response.json()).toEqual({ status: 'degraded', parts: { database: 'ok', storage: 'ok', queue: 'ok', predictor: 'not_configured' }, predictors: [] });
    expect(response.statusCode).toBe(200);
  });

  test('without Redis jobs are still taken; without Postgres nothing is, and requests say so', async () => {
    const port = await closedPort();
    const producer = openProducer({ url: `redis://127.0.0.1:${port}` });
    const database = openDatabase(`postgresql://postgres@127.0.0.1:${port}/none`);
    const app = await buildApp({ ...api.deps, database, producer });
    const ready = await app.inject('/readyz');
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toMatchObject({ status: 'unavailable', parts: { database: 'unavailable', queue: 'unavailable', storage: 'ok' } });
    const response = await app.inject({ url: '/v1/jobs', headers: api.headers });
    expect(response.json()).toMatchObject({ status: 503, code: 'database_unavailable', retryable: true });
    expect(response.headers['retry-after']).toBe('5');
    const metrics = await app.inject('/metrics');
    expect(metrics.body).toContain('trainyard_up{part="database"} 0');
    await app.close();
    await producer.close();
    await database.close();
  });

  test('metrics count requests and jobs', async () => {
    await createdJob(api);
    const { body, headers } = await api.app.inject('/metrics');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toMatch(/trainyard_http_request_duration_seconds_count\{method="POST",route="\/v1\/jobs",status="202"\} \d/);
    expect(body).toMatch(/trainyard_jobs\{status="queued"\} [1-9]/);
    for (const line of body.trimEnd().split('\n')) expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{[^}]*\})? [\d.e+-]+)$/);
  });
});
