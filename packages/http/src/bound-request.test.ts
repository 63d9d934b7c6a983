import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { boundRequest, ClientGoneError, DeadlineExceededError, type BoundRequest } from './bound-request.js';
import { untilAborted } from './until-aborted.js';

let deadlineMs: number;
const arrived: { bound: BoundRequest; response: ServerResponse }[] = [];
const server = createServer((_request, response) => {
  arrived.push({ bound: boundRequest(response, deadlineMs), response });
  server.emit('arrived');
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => server.close());

async function ask() {
  const client = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' }).end();
  client.on('error', () => undefined); // it may be the one who ends it
  await once(server, 'arrived');
  return { client, ...arrived.at(-1)! };
}

test('a request that is answered is bound no longer', async () => {
  deadlineMs = 60_000;
  const { client, bound, response } = await ask();
  expect(bound.remainingMs()).toBeGreaterThan(0);
  response.end('done');
  const [answer] = await once(client, 'response');
  answer.resume();
  await once(answer, 'close');
  expect(bound.signal.aborted).toBe(false);
});

test('a client that goes away ends it', async () => {
  deadlineMs = 60_000;
  const { client, bound } = await ask();
  const ended = once(bound.signal, 'abort');
  client.destroy();
  await ended;
  expect(bound.signal.reason).toBeInstanceOf(ClientGoneError);
});

test('so does its deadline', async () => {
  deadlineMs = 20;
  const { client, bound } = await ask();
  await expect(untilAborted(new Promise(() => undefined), bound.signal)).rejects.toEqual(new DeadlineExceededError(20));
  expect(bound.remainingMs()).toBe(0);
  client.destroy();
});

test('what is awaited until then gives what it gives', async () => {
  const { signal } = new AbortController();
  expect(await untilAborted(Promise.resolve(1), signal)).toBe(1);
  await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
  await expect(untilAborted(Promise.resolve(1), AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
});
