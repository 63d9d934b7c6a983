import { setTimeout as sleep } from 'node:timers/promises';
import { encodeNpz } from '@trainyard/ndarray';
import type { ObjectStore } from '@trainyard/object-store';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Batch, Dataset, StreamOptions } from '../../dataset.js';
import { temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';

/*
 * Files of more than 16 MiB are read by threads, a store without a location by this one: both give the same batches.
 * The threads are the built ones: `npx tsc -b`.
 */

const rows = 40_000;
const width = 110;
let files: TemporaryStore;
beforeAll(async () => {
  files = await temporaryStore();
  const sizes = [9_000, 1, 17_999, 13_000];
  let first = 0;
  for (const [i, size] of sizes.entries()) {
    const x = { dtype: 'float32', shape: [size, width], data: Float32Array.from({ length: size * width }, (_, at) => first + Math.floor(at / width)) } as const;
    const y = { dtype: 'int32', shape: [size], data: Int32Array.from({ length: size }, (_, row) => first + row) } as const;
    await files.put(`files/plain/${i}.npz`, encodeNpz([['x', x], ['y', y]]));
    await files.put(`files/deflated/${i}.npz`, encodeNpz([['x', x], ['y', y]], { compress: true }));
    first += size;
  }
  // Also more than 16 MiB, and read through to know its rows.
  await files.put('files/table.csv', `a,y\n${Array.from({ length: rows }, (_, row) => `${String(row).padStart(420, '0')},${row}\n`).join('')}`);
});
afterAll(() => files.remove());

const sources = { plain: { uri: 'files/plain/' }, deflated: { uri: ['files/plain/0.npz', 'files/deflated/'] }, csv: { uri: 'files/table.csv', y: 'y' } };

function open(source: keyof typeof sources, where: 'here' | 'threads'): Promise<Dataset> {
  const { store } = files;
  const here: ObjectStore = { put: (...args) => store.put(...args), get: (...args) => store.get(...args), read: (key) => store.read(key), stat: (key) => store.stat(key), list: (prefix) => store.list(prefix), folders: (prefix) => store.folders(prefix), delete: (keys) => store.delete(keys) };
  return files.open(sources[source], { resolve: (uri) => ({ store: where === 'here' ? here : store, prefix: `projects/p/${uri}` }) });
}

async function take(dataset: Dataset, options: StreamOptions, count: number): Promise<Batch[]> {
  const stream = dataset.stream(options);
  const batches: Batch[] = [];
  for await (const batch of stream) if (batches.push(batch) === count) break;
  return batches;
}

let threads = 0;
let parts = 0;
let started = 0;
process.on('worker', (worker) => {
  threads++;
  started++;
  worker.on('message', ({ type }: { type: string }) => (parts += Number(type === 'part')));
  worker.once('exit', () => threads--);
});

describe('reader threads', () => {
  test('the same batches for any number of them, from any batch on, as read in this thread', async () => {
    // Streams of one dataset share its threads; while one is open, they are there. Until they are, this thread reads.
    const sets = { plain: await open('plain', 'threads'), deflated: await open('deflated', 'threads'), csv: await open('csv', 'threads') };
    const held = Object.values(sets).map((dataset) => dataset.stream({ batchSize: 10, seed: 0, shuffle: false, workers: 2 }));
    for (const stream of held) await stream.take(1);
    await sleep(2000);
    parts = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          source: fc.constantFrom('plain' as const, 'deflated' as const, 'csv' as const),
          workers: fc.integer({ min: 1, max: 8 }),
          batchSize: fc.integer({ min: 1_000, max: 6_000 }),
          startBatch: fc.integer({ min: 0, max: 30 }),
          shuffle: fc.boolean(),
          seed: fc.nat(),
          shuffleBufferBytes: fc.constantFrom(1, 4_000_000, 64_000_000),
        }),
        async ({ source, workers, ...options }) => {
          const count = Math.ceil(rows / options.batchSize) + 2;
          const expected = await take(await open(source, 'here'), options, count);
          const received = await take(sets[source], { ...options, workers }, count);
          expect(received.length).toBe(count);
          for (const [i, batch] of received.entries()) {
            expect(batch.x[0]!.shape).toEqual(expected[i]!.x[0]!.shape);
            for (const list of ['x', 'y'] as const) expect(Buffer.compare(bytesOf(batch[list][0]!.data), bytesOf(expected[i]![list][0]!.data))).toBe(0);
          }
        },
      ),
      { numRuns: 5 },
    );
    expect(parts).toBeGreaterThan(5);
    for (const stream of held) await stream.close();
    expect(threads).toBe(0);
  });

  test('a take hands over several batches at once, across the ends of windows and passes', async () => {
    const dataset = await open('plain', 'threads');
    const options = { batchSize: 900, seed: 3, shuffle: true, shuffleBufferBytes: 1_500_000 };
    const one = await take(dataset, options, 64);
    const stream = dataset.stream(options);
    for (let at = 0; at < 64; ) {
      const { batches, rows: sizes } = await stream.take(8);
      expect(sizes).toEqual(one.slice(at, at + 8).map(({ y }) => y[0]!.data.length));
      expect(Array.from(batches.y[0]!.data as Int32Array)).toEqual(one.slice(at, at + 8).flatMap(({ y }) => Array.from(y[0]!.data as Int32Array)));
      at += 8;
    }
    await stream.close();
  });

  test('batches stay as they are until the taking after the next one, whatever becomes of the memory that they came in', async () => {
    for (const shuffle of [false, true]) {
      const options = { batchSize: 900, seed: 3, shuffle, shuffleBufferBytes: 1_500_000 };
      const expected = await take(await open('plain', 'here'), options, 100);
      const stream = (await open('plain', 'threads')).stream(options);
      let before: Batch | undefined;
      for (const [i, { y }] of expected.entries()) {
        const { batches } = await stream.take(1);
        if (i % 40 === 20) await sleep(300); // for threads to come up
        if (before) expect(Buffer.compare(bytesOf(before.y[0]!.data), bytesOf(expected[i - 1]!.y[0]!.data))).toBe(0);
        expect(Buffer.compare(bytesOf(batches.y[0]!.data), bytesOf(y[0]!.data))).toBe(0);
        expect(batches.x[0]!.data[0]).toBe((y[0]!.data as Int32Array)[0]);
        before = batches;
      }
      await stream.close();
    }
  });

  test('all rows in memory, read by threads', async () => {
    const { x, y } = await (await open('plain', 'threads')).load();
    expect(x[0]!.shape).toEqual([rows, width]);
    expect((y[0]!.data as Int32Array).every((value, row) => value === row && x[0]!.data[row * width + 5] === row)).toBe(true);
  });

  test('no thread is left when a stream ends, is broken off, fails or is cancelled', async () => {
    const dataset = await open('plain', 'threads');
    const options = { batchSize: 200, seed: 0, shuffle: false, workers: 2 };
    started = 0;
    await take(dataset, options, 3);
    expect(started).toBeGreaterThan(0);
    expect(threads).toBe(0);

    const stream = dataset.stream(options);
    await stream.take(2);
    await stream.close();
    expect(threads).toBe(0);

    const cancelled = new AbortController();
    const consume = async () => {
      for await (const _batch of dataset.stream({ ...options, signal: cancelled.signal })) cancelled.abort(new Error('the user cancelled'));
    };
    await expect(consume()).rejects.toThrow('the user cancelled');
    expect(threads).toBe(0);

    await files.put('files/short/0.npz', await files.store.read('projects/p/files/plain/0.npz'));
    await files.put('files/short/1.npz', await files.store.read('projects/p/files/plain/2.npz'));
    await files.put('files/short/2.npz', await files.store.read('projects/p/files/plain/3.npz'));
    const short = await files.open({ uri: 'files/short/' });
    await files.store.delete(['projects/p/files/short/2.npz']);
    await expect(take(short, options, 1000)).rejects.toMatchObject({ name: 'DataError', message: expect.stringMatching(/^files\/short\/2\.npz: the file changed while it was in use: it was deleted/), code: 'dataset_changed' });
    expect(threads).toBe(0);
  });
});

function bytesOf({ buffer, byteOffset, byteLength }: Batch['x'][number]['data']): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
