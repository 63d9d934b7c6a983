import { allocate, bytesOf, type DType, type TypedArray } from '../dtype.js';
import { sizeOf, type NdArray } from '../ndarray.js';
import { readElements } from './descr.js';
import { NpyError } from './npy-error.js';
import { parseNpyHeader } from './npy-header.js';

const DESCR: Readonly<Record<DType, string>> = { float32: '<f4', float64: '<f8', int32: '<i4', int64: '<i8', uint8: '|u1', bool: '|b1' };

/**
 * Reads an .npy. Narrower types come out widened: f2 as float32; i1, i2, u2 as int32; u4 as int64.
 * The data is a view of `bytes` where they lie aligned and in C order.
 *
 * @param place what messages call the array.
 * @throws NpyError
 */
export function decodeNpy(bytes: Uint8Array, place = 'the npy file'): NdArray {
  const { layout, shape, fortranOrder, dataOffset, dataBytes } = parseNpyHeader(bytes, place);
  const size = sizeOf(shape);
  const there = bytes.length - dataOffset;
  if (there < dataBytes)
    throw new NpyError(place, `shape (${shape.join(', ')}) of ${layout.dtype} needs ${dataBytes} bytes of data, the file has ${there}: ${dataBytes - there} are missing`);
  if (there > dataBytes) throw new NpyError(place, `shape (${shape.join(', ')}) of ${layout.dtype} needs ${dataBytes} bytes of data, the file has ${there - dataBytes} more; save each array on its own`);
  const data = readElements(layout, bytes.subarray(dataOffset), size);
  return { dtype: layout.dtype, shape, data: fortranOrder && shape.length > 1 ? toCOrder(data, layout.dtype, shape) : data };
}

/** Writes an .npy of format 1.0, C order, little-endian, its elements aligned to 64 bytes as numpy does. */
export function encodeNpy(array: NdArray): Uint8Array {
  return Buffer.concat([encodeNpyHeader(array.dtype, array.shape), bytesOf(array.data)]);
}

/** What such an .npy has before its elements. */
export function encodeNpyHeader(dtype: DType, shape: readonly number[]): Uint8Array {
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dict = `{'descr': '${DESCR[dtype]}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  const header = Buffer.alloc(Math.ceil((10 + dict.length + 1) / 64) * 64, 0x20);
  header.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0]);
  header.writeUInt16LE(header.length - 10, 8);
  header.write(dict, 10, 'latin1');
  header[header.length - 1] = 0x0a;
  return header;
}

/** Elements that lie with the first axis fastest, put in C order (the last axis fastest). */
function toCOrder(data: TypedArray, dtype: DType, shape: readonly number[]): TypedArray {
  const out = allocate(dtype, data.length);
  const strides: number[] = [];
  shape.reduce((stride, dimension, axis) => ((strides[axis] = stride), stride * dimension), 1);
  const index = shape.map(() => 0);
  for (let to = 0, from = 0; to < out.length; to++) {
    // Both arrays have the same dtype, and `from` stays within the shape.
    out[to] = data[from] as never;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1;
      from += strides[axis] ?? 0;
      if (next < (shape[axis] ?? 0)) {
        index[axis] = next;
        break;
      }
      index[axis] = 0;
      from -= (shape[axis] ?? 0) * (strides[axis] ?? 0);
    }
  }
  return out;
}
