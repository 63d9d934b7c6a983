import { encodeNpz } from '@trainyard/ndarray';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readGolden } from '../../testing/golden.js';
import { plain } from '../../testing/pictures.js';
import { example, frame } from '../../testing/tfrecords.js';
import { temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const decode = (more: object = {}) => ({ decode_image: { column: 'image', target_size: [37, 53], ...more } });
const putRecords = (images: readonly Uint8Array[]) => files.put('files/a.tfrecord', Buffer.concat(images.map((image, i) => frame(example({ image: [image], label: { ints: [i] } })))));
const open = (transforms: object[]) => files.open({ uri: 'files/a.tfrecord', x: 'image', y: 'label', transforms });

describe('images in TFRecords', () => {
  test('are decoded as files are', async () => {
    const golden = (await readGolden<{ files: Record<string, { file: string; results: { color_mode: string; data: string }[] }> }>('files.json')).files;
    const names = ['colour.png', 'palette.png', 'grey.png'];
    await putRecords(names.map((name) => Buffer.from(golden[name]!.file, 'base64')));
    const dataset = await open([decode()]);
    expect(dataset.x).toEqual([{ name: 'input', dtype: 'uint8', shape: [37, 53, 3] }]);
    const expected = names.map((name) => Buffer.from(golden[name]!.results.find(({ color_mode }) => color_mode === 'rgb')!.data, 'base64'));
    const { x: [x] } = await dataset.load();
    expect([x!.shape, Buffer.compare(Buffer.from(x!.data.buffer), Buffer.concat(expected))]).toEqual([[3, 37, 53, 3], 0]);
  });

  test('and changed by what follows', async () => {
    await putRecords([plain(3, 3, [1, 2, 3]), plain(9, 2, [4, 5, 6])]);
    const { x: [x] } = await (await open([decode({ target_size: [1, 1], data_format: 'channels_first' }), { image_data_generator: { column: 'image', rescale: 2, data_format: 'channels_first' } }])).load();
    expect(x).toEqual({ dtype: 'float32', shape: [2, 3, 1, 1], data: Float32Array.of(2, 4, 6, 8, 10, 12) });
  });

  test('that are none are named by their place', async () => {
    await putRecords([plain(3, 3, [1, 2, 3]), Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x80])]);
    await expect((await open([decode()])).load()).rejects.toThrow('files/a.tfrecord, record 2, feature "image": the JPEG is cut short or damaged');
  });
});

test('columns of something else', async () => {
  await files.put('files/a.npz', encodeNpz([['image', { dtype: 'uint8', shape: [2, 4], data: new Uint8Array(8) }]]));
  await expect(files.open({ uri: 'files/a.npz', x: 'image', transforms: [decode()] }, { outputs: [] })).rejects.toThrow('column "image": expected the bytes of images here, received uint8 rows of shape [4]');
});
