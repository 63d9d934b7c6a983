import type { NdArray, TypedArray } from '@trainyard/ndarray';
import type { Transform, TransformOf } from '@trainyard/protocol';
import { DataError } from '../../data-error.js';
import { numbers, numbersOf, type ColumnValues } from '../../columns/column-values.js';
import type { ColumnType } from '../../columns/column-type.js';
import { Moments } from '../moments.js';
import type { ColumnTransform, Fitter, RowContext, UnfittedTransform } from '../transform.js';
import { changeImage } from './change-image.js';
import { imagesType, layoutOf, type ImageLayout } from './image-layout.js';
import { normalize, rescaleAndSamplewise, statisticsOf } from './normalize.js';
import { changesAtRandom, drawChange } from './random-change.js';

type Arguments = TransformOf<'image_data_generator'>;

/** Whether everything that it normalizes by is given. */
export function isComplete({ featurewise_center, featurewise_std_normalization, mean, std }: Arguments): boolean {
  return (!featurewise_center || mean !== undefined) && (!featurewise_std_normalization || std !== undefined);
}

/**
 * Keras's `ImageDataGenerator`: each image is changed at random (`random_transform`), then normalized (`standardize`).
 * @param purpose of its random numbers: no other transform of the source has it
 */
export function imageDataGenerator(given: Arguments, purpose: number, pointer: string): ColumnTransform {
  const normalizing: ColumnTransform = { pointer, typeAfter: (before, column) => typeAfter(before, column, given, pointer), apply: (values) => eachImage(values, given, copyTo) };
  if (!changesAtRandom(given)) return normalizing;
  const fill = { mode: given.fill_mode, value: given.cval };
  return {
    ...normalizing,
    random: true,
    still: normalizing,
    apply: (values, _before, { random }) => eachImage(values, given, (from, to, layout, row) => changeImage(from, to, layout, drawChange(given, layout, random(row, purpose)), fill)),
  };
}

/**
 * Mean and std of each channel over all images, of what they are taken from: the rescaled images, normalized by themselves.
 * (Keras's own `fit` measures images before they are rescaled and takes its mean from them afterwards.)
 */
export function unfittedImageDataGenerator(given: Arguments, pointer: string): UnfittedTransform {
  return {
    pointer,
    fitter: (before, column): Fitter => {
      const layout = layoutOf(imagesType(before, column, pointer).shape, given.data_format);
      const moments = new Moments(layout.channels);
      return {
        add: (values: ColumnValues, _context: RowContext) => {
          const data = elementsOf(numbersOf(values));
          const image = new Float32Array(layout.size);
          for (let at = 0; at < data.length; at += layout.size) {
            image.set(data.subarray(at, at + layout.size));
            rescaleAndSamplewise(image, layout, given);
            moments.add(channelsLast(image, layout));
          }
        },
        result: (): Transform => {
          const { mean, std } = moments.result();
          const { featurewise_center: centered, featurewise_std_normalization: scaled } = given;
          return { image_data_generator: { ...given, ...(centered && { mean: given.mean ?? mean }), ...(scaled && { std: given.std ?? std }) } };
        },
      };
    },
  };
}

function typeAfter(before: ColumnType, column: string, given: Arguments, pointer: string): ColumnType {
  const type = imagesType(before, column, pointer);
  const { channels } = layoutOf(type.shape, given.data_format);
  for (const name of ['mean', 'std'] as const) {
    const numbers = given[name];
    if (Array.isArray(numbers) && numbers.length !== channels)
      throw new DataError(`column ${JSON.stringify(column)}`, `expected one ${name}, or ${channels} of them (images have shape [${type.shape.join(', ')}], ${given.data_format}), received ${numbers.length}`, { pointer: `${pointer}/image_data_generator/${name}` });
  }
  return { ...type, dtype: 'float32', parsed: false };
}

/** @param change writes an image, which it has as float32, to all of `to` */
function eachImage(values: ColumnValues, given: Arguments, change: (from: Float32Array, to: Float32Array, layout: ImageLayout, row: number) => void): ColumnValues {
  const images = numbersOf(values);
  const { shape } = images;
  const data = elementsOf(images);
  const layout = layoutOf(shape.slice(1), given.data_format);
  const statistics = statisticsOf(given, layout.channels);
  const out = new Float32Array(data.length);
  const from = new Float32Array(layout.size); // one for all images
  for (let row = 0, at = 0; at < data.length; row++, at += layout.size) {
    const to = out.subarray(at, at + layout.size);
    from.set(data.subarray(at, at + layout.size));
    change(from, to, layout, row);
    normalize(to, layout, given, statistics);
  }
  return numbers({ dtype: 'float32', shape, data: out });
}

/** Numbers that float32 takes over as they are. */
function elementsOf({ data }: NdArray): Exclude<TypedArray, BigInt64Array> {
  return data instanceof BigInt64Array ? Float32Array.from(data, Number) : data;
}

function copyTo(from: Float32Array, to: Float32Array): void {
  to.set(from);
}

function channelsLast(image: Float32Array, { channels, channelStride, columnStride }: ImageLayout): Float32Array {
  if (channelStride === 1) return image;
  const out = new Float32Array(image.length);
  for (let i = 0, at = 0; at < image.length; i++) for (let channel = 0; channel < channels; channel++) out[at++] = image[i * columnStride + channel * channelStride] as number;
  return out;
}
