import { cast } from '@trainyard/ndarray';
import { numbers, numbersOf } from '../columns/column-values.js';
import { floatType, numbersType, type ColumnTransform } from './transform.js';

/** `x · scale + offset` */
export function rescale(scale: number, offset: number, pointer: string): ColumnTransform {
  return {
    pointer,
    typeAfter: (before, column) => floatType(numbersType(before, column, pointer)),
    apply: (values) => {
      const from = numbersOf(values);
      const dtype = from.dtype === 'float64' ? 'float64' : 'float32';
      const data = cast(from, dtype).data.slice() as Float32Array | Float64Array;
      for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) * scale + offset;
      return numbers({ dtype, shape: from.shape, data });
    },
  };
}
