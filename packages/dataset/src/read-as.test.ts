import { encodeNpz } from '@trainyard/ndarray';
import { Source } from '@trainyard/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readAs } from './read-as.js';
import { counting, float32, temporaryStore, type TemporaryStore } from './testing/temporary-store.js';

describe('what a source leaves out is as in the one that was trained on', () => {
  const trained = Source.parse({
    uri: 'files/train/*.csv',
    csv: { delimiter: ';' },
    x: ['a', 'b'],
    y: 'y',
    transforms: [{ split: { from: 0, to: 0.8 } }, { drop_rows: { column: 'a', missing: true } }, { standardize: { column: 'a' } }],
  });
  const read = (source: object, options = { transforms: true, everyRow: false }) => readAs(Source.parse({ uri: 'files/test.csv', ...source }), trained, options);

  test('columns, options of the format, transforms but for the split', () => {
    expect(read({})).toEqual({ ...trained, uri: 'files/test.csv', transforms: trained.transforms.slice(1) });
    expect(read({}, { transforms: true, everyRow: true }).transforms).toEqual(trained.transforms.slice(2));
    expect(read({}, { transforms: false, everyRow: true }).transforms).toEqual([]);
  });

  test('what it says counts', () => {
    expect(read({ x: 'c', csv: { header: false } })).toMatchObject({ x: 'c', y: 'y', csv: { header: false } });
    expect(read({ csv: { header: false } }).csv).not.toHaveProperty('delimiter');
  });

  test('options are for files of the same format', () => {
    expect(read({ uri: 'files/test.npz' })).not.toHaveProperty('csv');
    expect(readAs(Source.parse({ uri: 'files/a/' }), Source.parse({ uri: 'files/b/', format: 'npz' }), { transforms: true, everyRow: true })).toMatchObject({ format: 'npz' });
  });

  test('images are not changed at random', () => {
    const images = Source.parse({ uri: 'files/a.npz', transforms: [{ image_data_generator: { column: 'x', rotation_range: 30, horizontal_flip: true, featurewise_center: true, rescale: 0.5 } }] });
    const [generator] = readAs(Source.parse({ uri: 'files/b.npz' }), images, { transforms: true, everyRow: true }).transforms;
    expect(generator).toMatchObject({ image_data_generator: { rotation_range: 0, horizontal_flip: false, featurewise_center: true, rescale: 0.5 } });
  });
});

describe('a stream of so many passes', () => {
  let files: TemporaryStore;
  beforeEach(async () => {
    files = await temporaryStore();
  });
  afterEach(() => files.remove());

  test('ends behind the last one, also where only reading tells how many rows there are', async () => {
    await files.put('files/a.npz', encodeNpz([['x', counting([3, 1])], ['y', float32([3], [0, 1, 2])]]));
    await files.put('files/b.npz', encodeNpz([['x', counting([4, 1], 3)], ['y', float32([4], [0, 1, 2, 3])]]));
    for (const transforms of [[], [{ drop_rows: { column: 'x', above: 100 } }]]) {
      const dataset = await files.open({ uri: 'files/*.npz', transforms });
      const rows = async (options: { startBatch?: number; passes: number }): Promise<number[][]> => {
        const batches: number[][] = [];
        for await (const { x } of dataset.stream({ batchSize: 2, seed: 0, shuffle: false, ...options })) batches.push([...(x[0]!.data as Int32Array)]);
        return batches;
      };
      const pass = [[0, 1], [2, 3], [4, 5], [6]];
      expect(await rows({ passes: 1 })).toEqual(pass);
      expect(await rows({ passes: 2 })).toEqual([...pass, ...pass]);
      expect(await rows({ passes: 1, startBatch: 3 })).toEqual([[6]]);
      expect(await rows({ passes: 1, startBatch: 4 })).toEqual([]);
    }
  });
});
