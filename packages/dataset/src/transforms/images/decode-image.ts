import { sizeOf } from '@trainyard/ndarray';
import type { TransformOf } from '@trainyard/protocol';
import { DataError } from '../../data-error.js';
import { describeType } from '../../columns/column-type.js';
import { numbers, type BytesItems } from '../../columns/column-values.js';
import { decodeImage as decodeTo, imageShape } from '../../images/decode-image.js';
import type { ColumnTransform } from '../transform.js';

/** Bytes of JPEG or PNG files to images of one size: bytes from 0 to 255, as those of the format `images`. */
export function decodeImage(given: TransformOf<'decode_image'>, pointer: string): ColumnTransform {
  const shape = imageShape(given);
  const size = sizeOf(shape);
  return {
    pointer,
    typeAfter: (before, column) => {
      if (before.kind === 'bytes') return { kind: 'numbers', dtype: 'uint8', shape, parsed: false };
      throw new DataError(`column ${JSON.stringify(column)}`, `expected the bytes of images here, received ${describeType(before)}`, { pointer });
    },
    apply: async (values, _before, { place }) => {
      const { items } = values as BytesItems;
      const data = new Uint8Array(items.length * size);
      for (const [row, bytes] of items.entries()) await decodeTo(bytes, given, data, row * size, () => place(row));
      return numbers({ dtype: 'uint8', shape: [items.length, ...shape], data });
    },
  };
}
