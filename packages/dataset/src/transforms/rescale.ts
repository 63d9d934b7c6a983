import { cast } from '@trainyard/ndarray';
import { floatType, numbersOf, type ColumnTransform } from './transform.js';

/** `x · scale + offset` */
export function rescale(scale: number, offset: number, pointer: string): ColumnTransform {
  return {
    pointer,
    typeAfter: floatType,
    apply: (values, before) => {
      const from = numbersOf(values);
      const { dtype } = floatType(before);
      const data = cast(from, dtype).data.slice() as Float32Array | Float64Array;
      for (let i = 0; i < data.length; i++) data[i] = (data[i] ?? 0) * scale + offset;
      return { dtype, shape: from.shape, data };
    },
  };
}
