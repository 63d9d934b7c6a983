import { RandomStream } from '@trainyard/engine';
import sharp from 'sharp';

import type { Put } from './make-shards.js';

/** Of a photo, in pixels: 2.5 times as wide as what the model takes, as a thumbnail on the web is. */
const photoSide = 256;
/** Squares of colour that a photo is made from, before they are blurred into each other. */
const squares = 24;
/** How far a pixel may lie beside its neighbours' colour: the grain that a camera leaves. */
const grain = 12;
const quality = 90;
/** Files that are made and stored at the same time. */
const atOnce = 8;

/**
 * JPEG files of soft shapes and grain below `prefix`, in a folder a class: about 25 kB each, as photos of that size take.
 * @returns their bytes
 */
export async function putPhotos(put: Put, prefix: string, { rows, classes }: { rows: number; classes: number }): Promise<number> {
  let bytes = 0;
  let next = 0;
  const work = async (): Promise<void> => {
    for (let row = next++; row < rows; row = next++) {
      const stored = await put(`${prefix}class_${row % classes}/${String(row).padStart(5, '0')}.jpg`, await photo(new RandomStream(1, row)));
      bytes += stored;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return bytes;
}

async function photo(random: RandomStream): Promise<Uint8Array> {
  const colours = Uint8Array.from({ length: squares * squares * 3 }, () => random.below(256));
  const soft = await sharp(colours, { raw: { width: squares, height: squares, channels: 3 } }).resize(photoSide, photoSide, { kernel: 'cubic' }).raw().toBuffer();
  const pixels = Uint8ClampedArray.from(soft, (value) => value + random.below(2 * grain + 1) - grain);
  return sharp(pixels, { raw: { width: photoSide, height: photoSide, channels: 3 } }).jpeg({ quality }).toBuffer();
}
