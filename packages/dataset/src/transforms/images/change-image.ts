import type { FillMode } from '@trainyard/protocol';
import { affineOf, type Affine } from './affine.js';
import { pixelOutside } from './fill-mode.js';
import type { ImageLayout } from './image-layout.js';
import type { RandomChange } from './random-change.js';

export interface Fill {
  readonly mode: FillMode;
  /** Of `constant`. */
  readonly value: number;
}

/** Changes one image as Keras's `random_transform` does: moved, its channels shifted, flipped. Writes to all of `to`. */
export function changeImage(from: Float32Array, to: Float32Array, layout: ImageLayout, change: RandomChange, fill: Fill): void {
  const affine = affineOf(change, layout.height, layout.width);
  const destination = flipped(layout, change);
  if (!affine && !change.flipHorizontal && !change.flipVertical) to.set(from);
  else if (affine) move(from, to, layout, affine, fill, destination);
  else copy(from, to, layout, destination);
  if (change.channelShifts.length > 0) shiftChannels(to, layout, change.channelShifts);
}

/** Where pixels go: the first one, and from there by these strides. */
interface Destination {
  readonly start: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

function flipped({ height, width, rowStride, columnStride }: ImageLayout, { flipHorizontal, flipVertical }: RandomChange): Destination {
  return {
    start: (flipVertical ? (height - 1) * rowStride : 0) + (flipHorizontal ? (width - 1) * columnStride : 0),
    rowStride: flipVertical ? -rowStride : rowStride,
    columnStride: flipHorizontal ? -columnStride : columnStride,
  };
}

function copy(from: Float32Array, to: Float32Array, { height, width, channels, rowStride, columnStride, channelStride }: ImageLayout, destination: Destination): void {
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const source = row * rowStride + column * columnStride;
      const target = destination.start + row * destination.rowStride + column * destination.columnStride;
      for (let channel = 0, at = 0; channel < channels; channel++, at += channelStride) to[target + at] = from[source + at] as number;
    }
}

/** Each pixel is the nearest one to the place that it comes from: scipy's `affine_transform` of order 0, in its arithmetic. */
function move(from: Float32Array, to: Float32Array, { height, width, channels, rowStride, columnStride, channelStride }: ImageLayout, affine: Affine, { mode, value }: Fill, destination: Destination): void {
  const { rowByRow, rowByColumn, rowShift, columnByRow, columnByColumn, columnShift } = affine;
  const [lastRow, lastColumn] = [height - 1, width - 1];
  for (let r = 0; r < height; r++) {
    const [rowPart, columnPart] = [r * rowByRow, r * columnByRow];
    let target = destination.start + r * destination.rowStride;
    for (let c = 0; c < width; c++, target += destination.columnStride) {
      const y = rowPart + c * rowByColumn + rowShift;
      const x = columnPart + c * columnByColumn + columnShift;
      const row = y >= 0 && y <= lastRow ? Math.floor(y + 0.5) : pixelOutside(mode, y, height);
      const column = x >= 0 && x <= lastColumn ? Math.floor(x + 0.5) : pixelOutside(mode, x, width);
      if (row < 0 || column < 0) {
        for (let channel = 0, at = target; channel < channels; channel++, at += channelStride) to[at] = value;
        continue;
      }
      let source = row * rowStride + column * columnStride;
      for (let channel = 0, at = target; channel < channels; channel++, at += channelStride, source += channelStride) to[at] = from[source] as number;
    }
  }
}

/** No number gets beyond the least and the largest of the image. */
function shiftChannels(image: Float32Array, { height, width, rowStride, columnStride, channelStride }: ImageLayout, shifts: readonly number[]): void {
  let [least, largest] = [Infinity, -Infinity];
  for (let i = 0; i < image.length; i++) {
    const value = image[i] as number;
    if (value < least) least = value;
    if (value > largest) largest = value;
  }
  for (const [channel, given] of shifts.entries()) {
    const shift = Math.fround(given);
    for (let row = 0; row < height; row++)
      for (let column = 0, at = channel * channelStride + row * rowStride; column < width; column++, at += columnStride) {
        const value = Math.fround((image[at] as number) + shift);
        image[at] = value < least ? least : value > largest ? largest : value;
      }
  }
}
