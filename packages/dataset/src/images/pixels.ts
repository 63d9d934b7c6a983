import type { ImageOptions } from '@trainyard/protocol';

/** An image as it is in memory: row by row, its channels side by side, a byte each. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** `height · width · channels` of them. */
  readonly data: Uint8Array;
}

export type ColorMode = ImageOptions['color_mode'];
export type DataFormat = ImageOptions['data_format'];

export function channelsOf(mode: ColorMode): 1 | 3 {
  return mode === 'rgb' ? 3 : 1;
}

/** Colours to grey by Pillow's weights (ITU-R 601-2), in its fixed point; grey to three equal colours. */
export function inColorMode(pixels: Pixels, mode: ColorMode): Pixels {
  const { width, height, channels, data } = pixels;
  if (channels === channelsOf(mode)) return pixels;
  const count = width * height;
  if (mode === 'rgb') {
    const out = new Uint8Array(count * 3);
    for (let i = 0, at = 0; i < count; i++, at += 3) out[at] = out[at + 1] = out[at + 2] = data[i] as number;
    return { width, height, channels: 3, data: out };
  }
  const out = new Uint8Array(count);
  for (let i = 0, at = 0; i < count; i++, at += 3) out[i] = ((data[at] as number) * 19595 + (data[at + 1] as number) * 38470 + (data[at + 2] as number) * 7471 + 0x8000) >> 16;
  return { width, height, channels: 1, data: out };
}

/** Copies an image to `target` from its element `at` on, its channels first or last. */
export function copyPixels({ width, height, channels, data }: Pixels, format: DataFormat, target: Uint8Array, at: number): void {
  if (format === 'channels_last' || channels === 1) {
    target.set(data, at);
    return;
  }
  const count = width * height;
  for (let channel = 0; channel < channels; channel++)
    for (let i = 0, from = channel, to = at + channel * count; i < count; i++, from += channels) target[to + i] = data[from] as number;
}
