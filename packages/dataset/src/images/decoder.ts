import type { default as Sharp, OutputInfo } from 'sharp';
import { imageHeader, NotAnImage } from './image-header.js';
import type { Pixels } from './pixels.js';

/** A picture of 8,192 × 8,192: decoding one takes 200 MB, of a progressive JPEG or an interlaced PNG up to 400. */
export const maxPixels = 2 ** 26;

/** As many as a JPEG has at most: the library works in strips of whole rows, and a row of 2^26 takes it 1.7 GB. */
const maxSide = 65_535;

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
  if (width * height > maxPixels || width > maxSide || height > maxSide)
    throw new NotAnImage(`expected an image of at most ${maxPixels} pixels, ${maxSide} along each side, received one of ${width} × ${height}; make it smaller before`);
  try {
    const { data, info } = await rawPixels(await (loading ??= library()), bytes, grey);
    if (info.width !== width || info.height !== height || (info.channels !== 1 && info.channels !== 3)) throw new Error(`expected ${width} × ${height} pixels, received ${info.width} × ${info.height} of ${info.channels} channels`);
    return { width, height, channels: info.channels, data };
  } catch (error) {
    throw new NotAnImage(`the ${kind} is damaged or cut short: ${messageOf(error)}; upload it again`, { cause: error });
  }
}

/** What the library warns of where pixels are made up: Keras would train on them. Of other oddities, such as bytes between segments, a file does not die. */
const pixelsLost = /premature end|bad Huffman code/;

async function rawPixels(sharp: typeof Sharp, bytes: Uint8Array, grey: boolean): Promise<{ data: Buffer; info: OutputInfo }> {
  const read = (failOn: 'warning' | 'error') => {
    const image = sharp(bytes, { ignoreIcc: true, failOn, limitInputPixels: maxPixels });
    return (grey ? image.extractChannel(0) : image.removeAlpha()).raw().toBuffer({ resolveWithObject: true });
  };
  return read('warning').catch((error: unknown) => {
    if (pixelsLost.test(messageOf(error))) throw error;
    return read('error');
  });
}

/** On one line, without what the library repeats. */
function messageOf(error: unknown): string {
  const lines = String((error as Error).message).split('\n').map((line) => line.replace(/[\s:]+$/, ''));
  return [...new Set(lines)].filter((line) => line !== '').join('; ');
}
