import type { TransformOf } from '@trainyard/protocol';
import { describe, expect, test } from 'vitest';
import { readGolden } from '../../testing/golden.js';
import { changeImage } from './change-image.js';
import { layoutOf } from './image-layout.js';
import type { RandomChange } from './random-change.js';

interface Golden {
  readonly images: Record<string, { readonly shape: number[]; readonly data: string }>;
  readonly random: readonly { readonly image: string; readonly config: Partial<TransformOf<'image_data_generator'>>; readonly parameters: RandomChange; readonly out: string }[];
}

const { images, random } = await readGolden<Golden>('images.json');

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
const floats = (base64: string): Float32Array => new Float32Array(bytes(base64).buffer);

describe('genuine Keras 2.0.8, given what it drew', () => {
  test('every case, bit for bit', () => {
    expect(random.length).toBeGreaterThan(80);
    const different = random.flatMap(({ image, config, parameters, out }) => {
      const { shape, data } = images[image]!;
      const expected = floats(out);
      const changed = new Float32Array(expected.length);
      changeImage(Float32Array.from(bytes(data)), changed, layoutOf(shape, config.data_format ?? 'channels_last'), parameters, { mode: config.fill_mode ?? 'nearest', value: config.cval ?? 0 });
      const wrong = changed.filter((value, i) => value !== expected[i]).length;
      return wrong > 0 ? [`${image} ${JSON.stringify(config)} ${JSON.stringify(parameters)}: ${wrong} of ${expected.length}`] : [];
    });
    expect(different).toEqual([]);
  });
});
