import type { default as Sharp } from 'sharp';
import { imageHeader, NotAnImage } from './image-header.js';
import type { Pixels } from './pixels.js';

/** A picture of 8,192 × 8,192: its bytes are 192 MiB, and as many for each thread that decodes one. */
export const maxPixels = 2 ** 26;

/** A file is in memory as a whole while it is decoded. */
export const maxFileBytes = 128 * 1024 * 1024;

let loading: Promise<typeof Sharp> | undefined;

/** The library, loaded by whoever has images to decode: it takes 60 ms. */
async function library(): Promise<typeof Sharp> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false); // no image comes twice
  sharp.concurrency(1); // readers are the threads
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng'] });
  return sharp;
}

/**
 * A JPEG or PNG as grey or as colours, without alpha.
 * @throws NotAnImage when it is something else, larger than an image is in earnest, damaged or cut short
 */
export async function decode(bytes: Uint8Array): Promise<Pixels> {
  const { kind, width, height, grey } = imageHeader(bytes);
  if (width === 0 || height === 0) throw new NotAnImage(`expected at least one pixel, received an image of ${width} × ${height}`);
  if (width * height > maxPixels) throw new NotAnImage(`expected an image of at most ${maxPixels} pixels, received one of ${width} × ${height}; make it smaller before`);
  const sharp = await (loading ??= library());
  const image = sharp(bytes, { ignoreIcc: true, failOn: 'error', limitInputPixels: maxPixels });
  try {
    const { data, info } = await (grey ? image.extractChannel(0) : image.removeAlpha()).raw().toBuffer({ resolveWithObject: true });
    if (info.width !== width || info.height !== height || (info.channels !== 1 && info.channels !== 3)) throw new Error(`expected ${width} × ${height} pixels, received ${info.width} × ${info.height} of ${info.channels} channels`);
    return { width, height, channels: info.channels, data };
  } catch (error) {
    throw new NotAnImage(`the ${kind} is damaged or cut short: ${(error as Error).message.trim().replace(/\s*\n\s*/g, '; ')}; upload it again`, { cause: error });
  }
}
