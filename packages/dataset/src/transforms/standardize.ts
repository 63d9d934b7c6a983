import { cast } from '@trainyard/ndarray';
import type { Transform } from '@trainyard/protocol';
import { DataError } from '../data-error.js';
import { numbers, numbersOf } from '../columns/column-values.js';
import { Moments } from './moments.js';
import { floatType, numbersType, type ColumnTransform, type Fitter, type UnfittedTransform } from './transform.js';

type Numbers = number | readonly number[];

/** More numbers of a row's last axis have no mean of their own: what is fitted is kept with the job. */
const maxFitted = 100_000;

/** `(x − mean) / std`, with one mean and std for all or one for each element of the last axis. */
export function standardize(mean: Numbers, std: Numbers, pointer: string): ColumnTransform {
  if ([std].flat().some((value) => value === 0)) throw new DataError('standardize', 'expected a std other than 0, received 0; leave a column out that is the same in every row', { pointer: `${pointer}/standardize/std` });
  return {
    pointer,
    typeAfter: (before, column) => {
      const type = numbersType(before, column, pointer);
      const last = type.shape.at(-1) ?? 1;
      for (const [name, given] of [['mean', mean], ['std', std]] as const)
        if (typeof given !== 'number' && given.length !== last)
          throw new DataError(`column ${JSON.stringify(column)}`, `expected one ${name}, or ${last} of them (rows have shape [${type.shape.join(', ')}]), received ${given.length}`, { pointer: `${pointer}/standardize/${name}` });
      return floatType(type);
    },
    apply: (values) => {
      const from = numbersOf(values);
      const dtype = from.dtype === 'float64' ? 'float64' : 'float32';
      const data = cast(from, dtype).data.slice() as Float32Array | Float64Array;
      const last = from.shape.slice(1).at(-1) ?? 1;
      const means = perElement(mean, last);
      const stds = perElement(std, last);
      for (let i = 0; i < data.length; i++) data[i] = ((data[i] ?? 0) - (means[i % last] ?? 0)) / (stds[i % last] ?? 1);
      return numbers({ dtype, shape: from.shape, data });
    },
  };
}

/** Mean and std of each element of the last axis, over all rows. A number that is the same in every row becomes 0: its std is taken for 1. */
export function unfittedStandardize(columnName: string, pointer: string): UnfittedTransform {
  return {
    pointer,
    fitter: (before, column): Fitter => {
      const { shape } = numbersType(before, column, pointer);
      const width = shape.at(-1) ?? 1;
      if (width > maxFitted) throw new DataError(`column ${JSON.stringify(column)}`, `expected at most ${maxFitted} numbers along the last axis to fit mean and std of each, received ${width}; give mean and std`, { pointer });
      const moments = new Moments(width);
      return {
        add: (values) => moments.add(numbersOf(values).data),
        result: (): Transform => {
          const { mean, std } = moments.result();
          if (![...mean, ...std].every(Number.isFinite)) throw new DataError(`column ${JSON.stringify(column)}`, 'expected numbers whose squares float64 can add up, received larger ones; rescale them first', { pointer });
          return { standardize: { column: columnName, mean, std: std.map((value) => (value === 0 ? 1 : value)) } };
        },
      };
    },
  };
}

function perElement(numbers: Numbers, length: number): readonly number[] {
  return typeof numbers === 'number' ? Array<number>(length).fill(numbers) : numbers;
}
