import { sizeOf } from '@trainyard/ndarray';
import { DataError } from '../data-error.js';
import { numbers, numbersOf } from '../columns/column-values.js';
import { numbersType, type ColumnTransform } from './transform.js';

/** Another shape of each row; one dimension may be -1, for what remains. */
export function reshape(shape: readonly number[], pointer: string): ColumnTransform {
  const resolve = (from: readonly number[], column: string): number[] => {
    const size = sizeOf(from);
    const known = sizeOf(shape.filter((dimension) => dimension !== -1));
    const free = shape.filter((dimension) => dimension === -1).length;
    const rest = size / known;
    if (free > 1 || (free === 0 ? known !== size : !Number.isInteger(rest)))
      throw new DataError(`column ${JSON.stringify(column)}`, `rows of shape [${from.join(', ')}] (${size} elements) cannot become [${shape.join(', ')}]`, { pointer: `${pointer}/reshape/shape` });
    return shape.map((dimension) => (dimension === -1 ? rest : dimension));
  };
  return {
    pointer,
    typeAfter: (before, column) => {
      const type = numbersType(before, column, pointer);
      return { ...type, shape: resolve(type.shape, column) };
    },
    apply: (values) => {
      const { dtype, shape: [rows = 0, ...from], data } = numbersOf(values);
      return numbers({ dtype, shape: [rows, ...resolve(from, '')], data });
    },
  };
}
