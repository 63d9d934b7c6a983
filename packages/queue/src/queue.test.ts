import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { newJobId, type Delivery, type IntentMessage } from '@trainyard/protocol';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { redisOptions, QueueUnavailableError } from './connection.js';
import { openConsumer } from './consumer.js';
import { subscribeIntents } from './intents.js';
import { openProducer } from './producer.js';
import { closedPort, startRedis } from './testing/redis-server.js';

const url = process.env['TRAINYARD_TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379';
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A queue of the test's own, on the server that all share. */
function ownPrefix(): { url: string; prefix: string } {
  const prefix = `trainyard_test_${randomBytes(6).toString('hex')}`;
  cleanups.push(async () => {
    const redis = new Redis(url);
    for await (const keys of redis.scanStream({ match: `${prefix}:*` })) if (keys.length > 0) await redis.del(...keys);
    redis.disconnect();
  });
  return { url, prefix };
}

async function producer(location: { url: string; prefix?: string }) {
  const opened = openProducer(location);
  cleanups.push(() => opened.close());
  await vi.waitFor(() => opened.ping(), { timeout: 10_000 });
  return opened;
}

function consumer(location: { url: string; prefix?: string }, handle: (delivery: Delivery) => Promise<void>, concurrency = 1) {
  const opened = openConsumer(location, handle, { concurrency });
  cleanups.push(() => opened.close());
  return opened;
}

const delivery = (attempt = 1): Delivery => ({ job: newJobId(), attempt });

describe('deliveries', () => {
  test('arrive once each, the most urgent first, and leave nothing behind', async () => {
    const location = ownPrefix();
    const out = await producer(location);
    const [low, first, second, urgent] = [delivery(), delivery(), delivery(3), delivery()];
    await out.enqueue(low, -1000);
    await out.enqueue(first, 0);
    await out.enqueue(second, 0);
    await out.enqueue(urgent, 1000);
    await out.enqueue(first, 0); // it waits already
    expect(await out.waiting()).toBe(4);
    const received: Delivery[] = [];
    consumer(location, async (one) => void received.push(one));
    await vi.waitFor(() => expect(received).toEqual([urgent, first, second, low]), { timeout: 10_000 });
    const redis = new Redis(url);
    cleanups.push(async () => redis.disconnect());
    await vi.waitFor(async () => expect(await redis.keys(`${location.prefix}:*:job_*`)).toEqual([]));
  });

  test('can be repeated once they were handled, whether the handler failed or not', async () => {
    const location = ownPrefix();
    const out = await producer(location);
    const again = delivery();
    let handled = 0;
    consumer(location, async () => {
      handled++;
      if (handled === 1) throw new Error('the database is away');
    });
    for (const count of [1, 2, 3]) {
      await vi.waitFor(async () => {
        await out.enqueue(again, 0);
        expect(handled).toBeGreaterThanOrEqual(count);
      }, { timeout: 10_000 });
    }
  });

  test('wait while the consumer is paused, and are handled as many at a time as it says', async () => {
    const location = ownPrefix();
    const out = await producer(location);
    const received: Delivery[] = [];
    const into = consumer(location, async (one) => {
      received.push(one);
      await into.pause();
    });
    for (let count = 0; count < 3; count++) await out.enqueue(delivery(), 0);
    await vi.waitFor(() => expect(received).toHaveLength(1), { timeout: 10_000 });
    await new Promise((resolve) => setTimeout(resolve, 300)); // time in which a consumer that does not pause takes the others
    expect(received).toHaveLength(1);
    into.resume();
    await vi.waitFor(() => expect(received).toHaveLength(2), { timeout: 10_000 });
  });

  test('carry ids only', async () => {
    const location = ownPrefix();
    const out = await producer(location);
    const handled: Delivery[] = [];
    const one = delivery();
    await out.enqueue({ ...one, priority: 3, spec: {} } as Delivery, 0);
    consumer(location, async (received) => void handled.push(received));
    await vi.waitFor(() => expect(handled).toEqual([one]), { timeout: 10_000 });
  });
});

test('intents reach all who subscribed', async () => {
  const location = ownPrefix();
  const out = await producer(location);
  const heard: IntentMessage[][] = [[], []];
  for (const list of heard) {
    const subscription = subscribeIntents(location, (message) => list.push(message));
    cleanups.push(async () => subscription.close());
  }
  const message: IntentMessage = { job: newJobId(), intent: 'stop' };
  await vi.waitFor(async () => {
    await out.publishIntent(message);
    expect(heard.every((list) => list.length > 0)).toBe(true);
  }, { timeout: 10_000 });
  expect(heard[0]?.[0]).toEqual(message);
});

describe('without Redis', () => {
  test('every call of a producer fails at once, and closing it works', async () => {
    const out = openProducer({ url: `redis://127.0.0.1:${await closedPort()}` });
    await expect(out.enqueue(delivery(), 0)).rejects.toBeInstanceOf(QueueUnavailableError);
    await expect(out.publishIntent({ job: newJobId(), intent: 'stop' })).rejects.toBeInstanceOf(QueueUnavailableError);
    await expect(out.ping()).rejects.toBeInstanceOf(QueueUnavailableError);
    await out.close();
  });

  test('a crash of the server: calls fail meanwhile, what waited is delivered, and intents are heard again', async () => {
    const redis = await startRedis();
    cleanups.push(() => redis.stop());
    const out = await producer(redis);
    const heard: IntentMessage[] = [];
    const subscription = subscribeIntents(redis, (message) => heard.push(message));
    cleanups.push(async () => subscription.close());
    const waiting = delivery();
    await out.enqueue(waiting, 0);

    await redis.kill();
    await vi.waitFor(() => expect(out.enqueue(delivery(), 0)).rejects.toBeInstanceOf(QueueUnavailableError));
    const received: Delivery[] = [];
    consumer(redis, async (one) => void received.push(one)); // started while the server is away
    await redis.start();

    await vi.waitFor(() => expect(received).toEqual([waiting]), { timeout: 20_000 });
    const later = delivery();
    await vi.waitFor(() => out.enqueue(later, 0), { timeout: 20_000 });
    await vi.waitFor(() => expect(received).toEqual([waiting, later]), { timeout: 20_000 });
    await vi.waitFor(async () => {
      await out.publishIntent({ job: waiting.job, intent: 'cancel' });
      expect(heard.length).toBeGreaterThan(0);
    }, { timeout: 20_000 });
  });

  test('a consumer that waits when the server goes away takes deliveries soon after it is back', async () => {
    const redis = await startRedis();
    cleanups.push(() => redis.stop());
    const out = await producer(redis);
    const received: Delivery[] = [];
    consumer(redis, async (one) => void received.push(one));
    const first = delivery();
    await out.enqueue(first, 0);
    await vi.waitFor(() => expect(received).toEqual([first]), { timeout: 20_000 });

    await redis.kill();
    await sleep(3_000);
    await redis.start();
    const later = delivery();
    await vi.waitFor(() => out.enqueue(later, 0), { timeout: 20_000 });
    await vi.waitFor(() => expect(received).toEqual([first, later]), { timeout: 6_000 });
  });
});

test.each([
  ['nonsense', /no URL/],
  ['http://a', /received http:/],
  ['redis://a/x', /expected redis/],
])('the URL %s is refused', (text, message) => {
  expect(() => redisOptions(text)).toThrow(message);
});

test('a URL is read with its parts', () => {
  expect(redisOptions('rediss://me:p%40ss@[::1]:6380/2')).toMatchObject({ host: '::1', port: 6380, db: 2, username: 'me', password: 'p@ss', tls: {} });
});
