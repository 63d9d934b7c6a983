import type { Json } from '@trainyard/protocol';

/** Levels of each pixel and channel from 0 (black) to 1, row by row, the channels of a pixel beside each other. */
export type Levels = readonly number[];

export interface PixelShape {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  readonly channelsFirst: boolean;
  /** The number that stands for white in the data. */
  readonly white: number;
}

/** The array as the data hold it: whole numbers where white is one of more than 1. */
export function toArray(levels: Levels, { height, width, channels, channelsFirst, white }: PixelShape): Json {
  const value = (y: number, x: number, channel: number): number => {
    const level = (levels[(y * width + x) * channels + channel] ?? 0) * white;
    return white > 1 ? Math.round(level) : level;
  };
  const range = (count: number): number[] => [...Array(count).keys()];
  if (channelsFirst) return range(channels).map((channel) => range(height).map((y) => range(width).map((x) => value(y, x, channel))));
  return range(height).map((y) => range(width).map((x) => range(channels).map((channel) => value(y, x, channel))));
}

/** Lightens a pixel, and those beside it by half, as a soft pen does. */
export function paint(levels: Levels, { height, width, channels }: PixelShape, at: { x: number; y: number }): Levels {
  const next = [...levels];
  for (const [dx, dy, strength] of [[0, 0, 1], [1, 0, 0.4], [-1, 0, 0.4], [0, 1, 0.4], [0, -1, 0.4]] as const) {
    const [x, y] = [at.x + dx, at.y + dy];
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    for (let channel = 0; channel < channels; channel++) {
      const index = (y * width + x) * channels + channel;
      next[index] = Math.min(1, Math.max(next[index] ?? 0, strength));
    }
  }
  return next;
}
