import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { ObjectStoreAccessError, ObjectStoreUnavailableError, openS3Store, type ObjectStore } from '@trainyard/object-store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSeaweed, whyNoSeaweed, type Seaweed } from '../support/seaweed.js';

const reason = await whyNoSeaweed();

async function list(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  return keys;
}

describe.skipIf(reason !== undefined)(`an S3 server that goes away${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let seaweed: Seaweed;
  let store: ObjectStore;
  beforeAll(async () => {
    seaweed = await startSeaweed();
    store = openS3Store(seaweed.config, seaweed.bucket);
  });
  afterAll(() => seaweed.stop());

  test('every call says that it is unavailable, a running download too; after a restart the same store works and has lost nothing', async () => {
    const bytes = Buffer.alloc(64 * 1024 * 1024, 'x');
    await store.put('large', bytes);
    await store.put('small', Buffer.from('small'));
    const { body } = await store.get('large');
    const chunks = body[Symbol.asyncIterator]();
    await chunks.next();

    await seaweed.kill();
    const drain = async () => {
      while ((await chunks.next()).done !== true);
    };
    await expect(drain()).rejects.toThrow(ObjectStoreUnavailableError);
    const calls = [
      () => store.read('small'),
      () => store.stat('small'),
      () => store.put('new', Buffer.from('new')),
      () => store.put('stream', Readable.from([Buffer.from('new')])),
      () => store.delete(['small']),
      () => list(store),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(ObjectStoreUnavailableError);
    await expect(store.stat('small')).rejects.toThrow(/looking at s3:\/\/trainyard-test\/small at http:\/\/127\.0\.0\.1:\d+: connect ECONNREFUSED/);

    await seaweed.restart();
    expect(Buffer.from(await store.read('small')).toString()).toBe('small');
    expect(Buffer.compare(await store.read('large'), bytes)).toBe(0);
    await store.put('new', Buffer.from('new'));
    expect(await list(store)).toEqual(expect.arrayContaining(['large', 'new', 'small']));
  });

  test('a server that dies while parts are uploaded: unavailable, and nothing is stored', async () => {
    const body = async function* () {
      for (let i = 0; i < 40; i++) {
        if (i === 20) await seaweed.kill();
        yield Buffer.alloc(1024 * 1024, i);
      }
    };
    await expect(store.put('half', Readable.from(body()))).rejects.toThrow(ObjectStoreUnavailableError);
    await seaweed.restart();
    expect(await store.stat('half')).toBeUndefined();
  });

  test('a wrong secret, a wrong key and a missing bucket are told apart, and are not worth a retry', async () => {
    const open = (change: object, bucket = seaweed.bucket) => openS3Store({ ...seaweed.config, ...change }, bucket);
    await expect(open({ secretKey: 'wrong' }).read('small')).rejects.toThrow(/SignatureDoesNotMatch\): the secret key is wrong/);
    await expect(open({ accessKey: 'nobody' }).read('small')).rejects.toThrow(/InvalidAccessKeyId\): the access key does not exist/);
    await expect(open({ secretKey: 'wrong' }).stat('small')).rejects.toThrow(ObjectStoreAccessError);
    await expect(list(open({}, 'no-such-bucket'))).rejects.toThrow(/NoSuchBucket\): the bucket does not exist; create it/);
    await expect(open({}, 'no-such-bucket').put('x', Buffer.from('x'))).rejects.toThrow(ObjectStoreAccessError);
  });
});

describe('a server that takes connections and stays silent', () => {
  const sockets = new Set<Socket>();
  let answer = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', () => answer !== '' && socket.write(answer));
  });
  let store: ObjectStore;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    store = openS3Store({ endpoint: `http://127.0.0.1:${port}`, accessKey: 'a', secretKey: 's', timeoutMs: 300 }, 'bucket');
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test('before its answer: unavailable after the time limit', async () => {
    answer = '';
    await expect(store.read('x')).rejects.toThrow(/the server sent nothing for 300 ms/);
    await expect(store.put('x', Buffer.from('x'))).rejects.toThrow(ObjectStoreUnavailableError);
  });

  test('in the middle of a body: unavailable after the time limit', async () => {
    answer = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\nETag: "e"\r\n\r\nonly this';
    await expect(store.read('x')).rejects.toThrow(ObjectStoreUnavailableError);
  });

  test('a reader that takes its time is not a silent server', async () => {
    answer = `HTTP/1.1 200 OK\r\nContent-Length: 9\r\nETag: "e"\r\n\r\nthe whole`;
    const { body } = await store.get('x');
    await new Promise((resolve) => setTimeout(resolve, 700));
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('the whole');
  });

  test('5xx answers are unavailability', async () => {
    for (const status of ['500 Internal Server Error', '503 Slow Down', '502 Bad Gateway']) {
      answer = `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`;
      await expect(store.stat('x')).rejects.toThrow(ObjectStoreUnavailableError);
      await expect(store.read('x')).rejects.toThrow(`the server answered with status ${status.slice(0, 3)}`);
    }
  });
});
