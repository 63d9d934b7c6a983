import { jobBody, startApi, type TestApi } from '@trainyard/api/testing';
import { Client } from '@trainyard/client';
import { claimJob, renewLease } from '@trainyard/database';
import type { Job, List } from '@trainyard/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTcpProxy } from '../support/tcp-proxy.js';

let api: TestApi;
let base: URL;
let client: Client;
beforeAll(async () => {
  api = await startApi();
  base = new URL(await api.app.listen({ host: '127.0.0.1', port: 0 }));
  client = new Client({ url: base.href, apiKey: api.headers.authorization.replace('Bearer ', '') });
});
afterAll(() => api.close());

/** What is seen of a page, one after the other. */
function watching(remote: Client, query: Parameters<Client['jobs']['watch']>[0]) {
  const end = new AbortController();
  const pages = remote.jobs.watch(query, { signal: end.signal });
  return {
    /** The first page from now on that is as expected. */
    until: async (expected: (page: List<Job>) => boolean): Promise<List<Job>> => {
      for (let seen = await pages.next(); ; seen = await pages.next()) {
        if (seen.done === true) throw new Error('the stream has ended');
        if (expected(seen.value)) return seen.value;
      }
    },
    end: async () => {
      const next = pages.next();
      end.abort(new Error('enough'));
      await expect(next).rejects.toThrow('enough');
    },
  };
}

const create = (name: string, metadata: Record<string, string>) => client.jobs.create({ ...jobBody, name, metadata });
const names = ({ data }: List<Job>) => data.map(({ name }) => name);

test('a page is told, then told again when jobs come, change and go, however often the connection breaks', async () => {
  const network = await openTcpProxy(base.href);
  const metadata = { suite: 'watch' };
  const first = await create('first', metadata);
  const list = watching(new Client({ url: network.url, apiKey: api.headers.authorization.replace('Bearer ', '') }), { metadata });
  expect(await list.until(() => true)).toMatchObject({ object: 'list', data: [{ id: first.id, status: 'queued' }], first_id: first.id, last_id: first.id, has_more: false });

  const second = await create('second', metadata);
  await create('another project would not be told, nor is this', { suite: 'other' });
  expect(names(await list.until(({ data }) => data.length > 1))).toEqual(['second', 'first']);

  const ref = await claimJob(api.scratch.database, { job: first.id, attempt: 1 }, { worker: 'w', leaseMs: 60_000 });
  expect(ref).toBeDefined();
  const running = await list.until(({ data }) => data.some(({ status }) => status === 'running'));
  expect(running.data.map(({ status }) => status)).toEqual(['queued', 'running']);

  await network.cut();
  await network.restore();
  const progress = { epoch: 0, epochs: 3, step: 5, steps_per_epoch: 10, fraction: 0.1, eta_s: null };
  await renewLease(api.scratch.database, { jobId: first.id, attempt: 1 }, { leaseMs: 60_000, progress });
  expect((await list.until(({ data }) => data.some((job) => job.progress?.step === 5))).data).toHaveLength(2);

  await client.jobs.cancel(second.id);
  await client.jobs.delete(second.id);
  expect(names(await list.until(({ data }) => data.length === 1))).toEqual(['first']);
  await list.end();
  await network.cut();
});

test('a page that is full tells so, in either order, and a job that leaves its filter is gone from it', async () => {
  const metadata = { suite: 'full' };
  for (const name of ['a', 'b', 'c']) await create(name, metadata);
  const oldest = watching(client, { metadata, order: 'asc', limit: 2 });
  const page = await oldest.until(() => true);
  expect([names(page), page.has_more]).toEqual([['a', 'b'], true]);
  await oldest.end();

  const queued = watching(client, { metadata, status: 'queued' });
  const [last] = (await queued.until(() => true)).data;
  await client.jobs.cancel(last?.id ?? '');
  expect(names(await queued.until(({ data }) => data.length < 3))).toEqual(['b', 'a']);
  await queued.end();
});

test('the place of a queued job is that which its own page tells', async () => {
  const metadata = { suite: 'queue' };
  const jobs = [await create('early', metadata), await create('late', metadata)];
  const { data } = await client.jobs.list({ metadata });
  const alone = await Promise.all(jobs.map(({ id }) => client.jobs.get(id)));
  expect(data.map(({ queue_position }) => queue_position)).toEqual(alone.map(({ queue_position }) => queue_position).reverse());
  expect((data[0]?.queue_position ?? 0) - (data[1]?.queue_position ?? 0)).toBe(1);
});

test('who is refused is told so', async () => {
  const stranger = new Client({ url: base.href, apiKey: 'ty_none' });
  await expect(stranger.jobs.watch().next()).rejects.toMatchObject({ status: 401 });
});
