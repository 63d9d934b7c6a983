import { describe, expect, test } from 'vitest';
import { readGolden } from '../testing/golden.js';
import { decodeImage } from './decode-image.js';

interface Golden {
  readonly files: Record<string, { readonly file: string; readonly results: readonly { readonly color_mode: 'rgb' | 'grayscale'; readonly interpolation: 'nearest'; readonly shape: readonly [number, number, number]; readonly data: string }[] }>;
}

const { files } = await readGolden<Golden>('files.json');

/** Of another build of libjpeg than Pillow's: their inverse transforms may round differently. With sharp 0.35.5 and Pillow 13 nothing differs. */
const jpegTolerance = 2;

describe('what Pillow makes of the same files', () => {
  test.each(Object.entries(files))('%s', async (name, { file, results }) => {
    const bytes = Buffer.from(file, 'base64');
    expect(results.length).toBeGreaterThan(1);
    for (const { color_mode, interpolation, shape, data } of results) {
      const [height, width, channels] = shape;
      const expected = Buffer.from(data, 'base64');
      for (const data_format of ['channels_last', 'channels_first'] as const) {
        const target = new Uint8Array(expected.length + 2).fill(7);
        await decodeImage(bytes, { target_size: [height, width], color_mode, interpolation, data_format }, target, 1, () => name);
        expect([target[0], target.at(-1)]).toEqual([7, 7]);
        const decoded = target.subarray(1, -1);
        let furthest = 0;
        for (let i = 0; i < expected.length; i++) {
          const [pixel, channel] = [Math.floor(i / channels), i % channels];
          const at = data_format === 'channels_last' ? i : channel * height * width + pixel;
          furthest = Math.max(furthest, Math.abs(decoded[at]! - expected[i]!));
        }
        expect(furthest, `${color_mode} ${interpolation} ${shape.join()} ${data_format}`).toBeLessThanOrEqual(name.endsWith('.jpg') ? jpegTolerance : 0);
      }
    }
  });
});
