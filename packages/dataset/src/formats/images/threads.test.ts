import { setTimeout as sleep } from 'node:timers/promises';
import type { ObjectStore } from '@trainyard/object-store';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Dataset, StreamOptions } from '../../dataset.js';
import { jpeg } from '../../testing/pictures.js';
import { temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';

/*
 * Images of more than 16 MiB, decoded, are read by threads; from a store without a location by this one. The threads are the
 * built ones: `npx tsc -b`.
 */

const count = 48;
let files: TemporaryStore;
beforeAll(async () => {
  files = await temporaryStore();
  for (let i = 0; i < count; i++) await files.put(`files/d/${i % 3}/${String(i).padStart(3, '0')}.jpg`, await jpeg(150 + (i % 7), 200, i));
});
afterAll(() => files.remove());

const augmented = { uri: 'files/d/', images: { target_size: [160, 192], interpolation: 'bilinear' }, transforms: [{ image_data_generator: { column: 'x', rotation_range: 30, horizontal_flip: true, channel_shift_range: 9, rescale: 1 / 255 } }] };

function open(where: 'here' | 'threads'): Promise<Dataset> {
  const { store } = files;
  const here: ObjectStore = { put: (...args) => store.put(...args), get: (...args) => store.get(...args), read: (key) => store.read(key), stat: (key) => store.stat(key), list: (prefix) => store.list(prefix), folders: (prefix) => store.folders(prefix), delete: (keys) => store.delete(keys) };
  return files.open(augmented, { resolve: (uri) => ({ store: where === 'here' ? here : store, prefix: `projects/p/${uri}` }) });
}

async function take(dataset: Dataset, options: StreamOptions, batches: number): Promise<Buffer[]> {
  const taken: Buffer[] = [];
  for await (const { x: [x], y: [y] } of dataset.stream(options)) {
    taken.push(...[x!, y!].map(({ data }) => Buffer.from(data.slice().buffer)));
    if (taken.length === 2 * batches) return taken;
  }
  return taken;
}

let threads = 0;
let parts = 0;
process.on('worker', (worker) => {
  threads++;
  worker.on('message', ({ type }: { type: string }) => (parts += Number(type === 'part')));
  worker.once('exit', () => threads--);
});

test('any number of threads gives the same augmented batches, from any batch on, as this one', async () => {
  // Streams of one dataset share its threads; while one is open, they are there. Until they are, this thread reads.
  const dataset = await open('threads');
  const held = dataset.stream({ batchSize: 16, seed: 0, shuffle: false, workers: 2 });
  await held.take(1);
  await sleep(2000);
  parts = 0;
  const here = await open('here');
  for (const order of [{ shuffle: true, batchSize: 16 }, { shuffle: false, batchSize: 16 }, { shuffle: true, batchSize: 11, shuffleBufferBytes: 3_000_000 }]) {
    const options = { ...order, seed: 5 };
    const expected = await take(here, options, 6);
    for (const [workers, startBatch] of [[1, 0], [2, 2], [5, 5]] as const) {
      const received = await take(dataset, { ...options, workers, startBatch }, 6 - startBatch);
      for (const [i, batch] of received.entries()) expect(Buffer.compare(batch, expected[2 * startBatch + i]!)).toBe(0);
    }
  }
  expect(parts).toBeGreaterThan(10);
  await held.close();
  expect(threads).toBe(0);
});

test('an image that cannot be decoded ends the stream, and the threads', async () => {
  await files.put('files/d/1/0500.jpg', (await jpeg(160, 192, 1)).subarray(0, 2000));
  const dataset = await open('threads');
  await expect(take(dataset, { batchSize: 10, seed: 0, shuffle: true, workers: 2 }, 30)).rejects.toThrow(/^files\/d\/1\/0500\.jpg: the JPEG is damaged or cut short: .*; upload it again$/);
  expect(threads).toBe(0);
});
