import { cast, type DType } from '@trainyard/ndarray';
import { numbers, numbersOf } from '../columns/column-values.js';
import { numbersType, type ColumnTransform } from './transform.js';

/** To another dtype, by C's conversions: towards zero for integers. */
export function castTo(dtype: DType, pointer: string): ColumnTransform {
  return {
    pointer,
    typeAfter: (before, column) => ({ ...numbersType(before, column, pointer), dtype, parsed: false }),
    apply: (values) => numbers(cast(numbersOf(values), dtype)),
  };
}
