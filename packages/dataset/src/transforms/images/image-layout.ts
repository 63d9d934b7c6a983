import { sizeOf } from '@trainyard/ndarray';
import { DataError } from '../../data-error.js';
import type { ColumnType, NumbersType } from '../../columns/column-type.js';
import type { DataFormat } from '../../images/pixels.js';
import { numbersType } from '../transform.js';

/** Where the elements of an image lie. */
export interface ImageLayout {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Elements from one row of pixels to the next, from one pixel to the next, from one channel to the next. */
  readonly rowStride: number;
  readonly columnStride: number;
  readonly channelStride: number;
  readonly size: number;
}

/** @param shape of one image: three numbers */
export function layoutOf(shape: readonly number[], format: DataFormat): ImageLayout {
  const size = sizeOf(shape);
  const [a = 1, b = 1, c = 1] = shape;
  if (format === 'channels_last') return { height: a, width: b, channels: c, rowStride: b * c, columnStride: c, channelStride: 1, size };
  return { height: b, width: c, channels: a, rowStride: c, columnStride: 1, channelStride: b * c, size };
}

/** The type, which has to be images. @throws DataError */
export function imagesType(type: ColumnType, column: string, pointer: string): NumbersType {
  const images = numbersType(type, column, pointer);
  if (images.shape.length === 3) return images;
  throw new DataError(`column ${JSON.stringify(column)}`, `expected images here, rows of three axes, received rows of shape [${images.shape.join(', ')}]; add a reshape before, such as [28, 28, 1]`, { pointer });
}
