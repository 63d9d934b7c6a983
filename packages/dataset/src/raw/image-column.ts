import { sizeOf } from '@trainyard/ndarray';
import type { ImageOptions } from '@trainyard/protocol';
import { numbers, type ColumnValues } from '../columns/column-values.js';
import { decodeImage, imageShape } from '../images/decode-image.js';
import { binaryNoun, bytesOf } from './binary.js';
import type { Complaint } from './complaint.js';

/**
 * The bytes of images' files, decoded as those of a source of the format `images`.
 * @param place of a row, for messages
 * @throws DataError that points to a value which cannot be used
 */
export async function imageColumn(options: ImageOptions, values: readonly unknown[], place: (row: number) => string, complaint: Complaint): Promise<ColumnValues> {
  const shape = imageShape(options);
  const size = sizeOf(shape);
  const data = new Uint8Array(values.length * size);
  for (const [row, value] of values.entries()) {
    if (value === null || value === undefined) complaint.missing(row, binaryNoun, value);
    else await decodeImage(bytesOf(value, row, complaint), options, data, row * size, () => place(row));
  }
  return numbers({ dtype: 'uint8', shape: [values.length, ...shape], data });
}
