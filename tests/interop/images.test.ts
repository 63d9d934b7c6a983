import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDataset } from '@trainyard/dataset';
import { decodeNpz } from '@trainyard/ndarray';
import { openFilesystemStore, type ObjectStore } from '@trainyard/object-store';
import { Source } from '@trainyard/protocol';
import { pythonEnvironment } from '../support/python.js';

/** Images of many sizes, modes and encodings; and as Pillow reads them again, in each colour mode and by each filter. */
const WRITE = `
import json, os, sys
import numpy as np
from PIL import Image
folder, random = sys.argv[1], np.random.RandomState(11)
def picture(height, width):
    y, x = np.mgrid[0:height, 0:width]
    base = np.stack([127 + 120 * np.sin(x / (3 + c) + c) * np.cos(y / (5 - c)) for c in range(3)], axis=2)
    return Image.fromarray(np.clip(base + random.normal(0, 12, base.shape), 0, 255).astype('uint8'))
def size(): return int(random.randint(1, 300)), int(random.randint(1, 300))
files = {}
for i in range(4):
    for mode in ['RGB', 'L', 'RGBA', 'LA', 'P', '1']:
        image = picture(*size())
        if mode == 'RGBA': image.putalpha(Image.fromarray(random.randint(0, 256, image.size[::-1]).astype('uint8')))
        elif mode == 'P': image = image.quantize(int(random.randint(2, 257)))
        else: image = image.convert(mode)
        files['%s-%d.png' % (mode, i)] = (image, {'optimize': i % 2 == 0})
    for mode, options in [('RGB', {}), ('RGB', {'progressive': True}), ('RGB', {'subsampling': 0}), ('RGB', {'subsampling': 1}), ('L', {}), ('L', {'progressive': True})]:
        files['%s-%d-%d.jpg' % (mode, i, len(files))] = (picture(*size()).convert(mode), dict(options, quality=int(random.randint(5, 100))))
out = {}
for name, (image, options) in files.items():
    image.save(os.path.join(folder, name), **options)
    for mode in ['RGB', 'L']:
        for interpolation in ['nearest', 'bilinear', 'bicubic', 'lanczos', 'box', 'hamming']:
            read = Image.open(os.path.join(folder, name))
            read = read if read.mode == mode else read.convert(mode)
            out['%s %s %s' % (name, mode, interpolation)] = np.asarray(read.resize((71, 64), getattr(Image.Resampling, interpolation.upper())))
np.savez(os.path.join(folder, 'expected.npz'), **out)
print(json.dumps(sorted(files)))
`;

let folder: string;
let store: ObjectStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-images-'));
  store = await openFilesystemStore(join(folder, 'store'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('files that Pillow writes are read as Pillow reads them', { timeout: 900_000 }, async (context) => {
  const environment = await pythonEnvironment(['numpy==2.2.6', 'pillow==12.0.0']);
  if ('skipped' in environment) return context.skip(environment.skipped);
  const names = (await environment.run(WRITE, [folder])) as string[];
  expect(names.length).toBe(48);
  const expected = decodeNpz(await readFile(join(folder, 'expected.npz')));
  for (const name of names) await store.put(`files/images/${name}`, await readFile(join(folder, name)));
  for (const color_mode of ['rgb', 'grayscale'] as const) {
    for (const interpolation of ['nearest', 'bilinear', 'bicubic', 'lanczos', 'box', 'hamming']) {
      const source = Source.parse({ uri: 'files/images/', images: { target_size: [64, 71], color_mode, interpolation, class_mode: null } });
      const dataset = await openDataset(source, { inputs: ['x'], outputs: [], resolve: (uri) => ({ store, prefix: uri }) });
      const { x: [x] } = await dataset.load();
      const size = x!.data.length / names.length;
      for (const [row, { name }] of dataset.shards.entries()) {
        const file = name.slice('files/images/'.length);
        const { data } = expected.get(`${file} ${color_mode === 'rgb' ? 'RGB' : 'L'} ${interpolation}`)!;
        let furthest = 0;
        for (let i = 0; i < size; i++) furthest = Math.max(furthest, Math.abs(Number(data[i]) - Number(x!.data[row * size + i])));
        // Another build of libjpeg may round differently.
        expect(furthest, `${file} ${color_mode} ${interpolation}`).toBeLessThanOrEqual(file.endsWith('.jpg') ? 2 : 0);
      }
    }
  }
});
