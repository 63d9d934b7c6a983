import { cast, type DType } from '@trainyard/ndarray';
import { numbersOf, type ColumnTransform } from './transform.js';

/** To another dtype, by C's conversions: towards zero for integers. */
export function castTo(dtype: DType, pointer: string): ColumnTransform {
  return {
    pointer,
    typeAfter: (before) => ({ ...before, dtype, parsed: false }),
    apply: (values) => cast(numbersOf(values), dtype),
  };
}
