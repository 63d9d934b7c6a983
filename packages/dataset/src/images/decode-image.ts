import type { ImageOptions } from '@trainyard/protocol';
import { DataError } from '../data-error.js';
import { decode } from './decoder.js';
import { NotAnImage } from './image-header.js';
import { channelsOf, copyPixels, inColorMode } from './pixels.js';
import { resize } from './resize.js';

/** How files become arrays. */
export type ImageFields = Pick<ImageOptions, 'target_size' | 'color_mode' | 'interpolation' | 'data_format'>;

/** Of one image. */
export function imageShape({ target_size: [height, width], color_mode, data_format }: ImageFields): readonly [number, number, number] {
  const channels = channelsOf(color_mode);
  return data_format === 'channels_last' ? [height, width, channels] : [channels, height, width];
}

/**
 * Decodes a JPEG or PNG as Keras's `img_to_array(load_img(…))` does, and copies it to `target` from its element `at` on:
 * bytes from 0 to 255. Alpha is dropped, profiles and the orientation that a camera noted are not looked at.
 * @param place for messages
 * @throws DataError when it is no image that can be decoded
 */
export async function decodeImage(bytes: Uint8Array, fields: ImageFields, target: Uint8Array, at: number, place: () => string): Promise<void> {
  const [height, width] = fields.target_size;
  const pixels = await decode(bytes).catch((error: unknown) => {
    if (error instanceof NotAnImage) throw new DataError(place(), error.message, { cause: error });
    throw error;
  });
  copyPixels(resize(inColorMode(pixels, fields.color_mode), height, width, fields.interpolation), fields.data_format, target, at);
}
