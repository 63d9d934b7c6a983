import { cast } from '@trainyard/ndarray';
import { DataError } from '../data-error.js';
import { floatType, numbersOf, type ColumnTransform } from './transform.js';

type Numbers = number | readonly number[];

/** `(x − mean) / std`, with one mean and std for all or one for each element of the last axis. */
export function standardize(mean: Numbers, std: Numbers, pointer: string): ColumnTransform {
  if ([std].flat().some((value) => value === 0)) throw new DataError('standardize', 'expected a std other than 0, received 0; leave a column out that is the same in every row', { pointer: `${pointer}/standardize/std` });
  return {
    pointer,
    typeAfter: (before, column) => {
      const last = before.shape.at(-1) ?? 1;
      for (const [name, given] of [['mean', mean], ['std', std]] as const)
        if (typeof given !== 'number' && given.length !== last)
          throw new DataError(`column ${JSON.stringify(column)}`, `expected one ${name}, or ${last} of them (rows have shape [${before.shape.join(', ')}]), received ${given.length}`, { pointer: `${pointer}/standardize/${name}` });
      return floatType(before);
    },
    apply: (values, before) => {
      const from = numbersOf(values);
      const { dtype } = floatType(before);
      const data = cast(from, dtype).data.slice() as Float32Array | Float64Array;
      const last = before.shape.at(-1) ?? 1;
      const means = perElement(mean, last);
      const stds = perElement(std, last);
      for (let i = 0; i < data.length; i++) data[i] = ((data[i] ?? 0) - (means[i % last] ?? 0)) / (stds[i % last] ?? 1);
      return { dtype, shape: from.shape, data };
    },
  };
}

function perElement(numbers: Numbers, length: number): readonly number[] {
  return typeof numbers === 'number' ? Array<number>(length).fill(numbers) : numbers;
}
