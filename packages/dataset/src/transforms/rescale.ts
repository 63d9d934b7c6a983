import { cast, type NdArray } from '@trainyard/ndarray';
import { numbers, numbersOf } from '../columns/column-values.js';
import { lookUp } from '../columns/look-up.js';
import { floatType, numbersType, type ColumnTransform } from './transform.js';

/** `x · scale + offset` */
export function rescale(scale: number, offset: number, pointer: string): ColumnTransform {
  const ofBytes = Float32Array.from({ length: 256 }, (_, byte) => byte * scale + offset);
  return {
    pointer,
    ofBytes,
    typeAfter: (before, column) => floatType(numbersType(before, column, pointer)),
    apply: (values) => {
      const { dtype, shape, data } = numbersOf(values);
      return numbers({ dtype: dtype === 'float64' ? 'float64' : 'float32', shape, data: dtype === 'uint8' ? lookUp(data as Uint8Array, ofBytes) : ofNumbers(numbersOf(values), scale, offset) });
    },
  };
}

function ofNumbers(from: NdArray, scale: number, offset: number): Float32Array | Float64Array {
  const given = cast(from, from.dtype === 'float64' ? 'float64' : 'float32').data as Float32Array | Float64Array;
  const data = given === from.data ? given.slice() : given; // what was cast is nobody else's
  for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) * scale + offset;
  return data;
}
