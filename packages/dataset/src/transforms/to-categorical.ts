import { sizeOf } from '@trainyard/ndarray';
import type { Transform } from '@trainyard/protocol';
import { DataError, listNames } from '../data-error.js';
import type { ColumnType, NumbersType } from '../columns/column-type.js';
import { numbers, numbersOf, textsOf, type Numbers } from '../columns/column-values.js';
import { numbersType, type ColumnTransform, type Fitter, type UnfittedTransform } from './transform.js';

/** Class numbers from 0 on to one-hot rows, as Keras's `to_categorical`; a last axis of 1 is taken for no axis. */
export function toCategorical(numClasses: number, pointer: string): ColumnTransform {
  return {
    pointer,
    typeAfter: (before, column) => oneHotType(numbersType(before, column, pointer), numClasses),
    apply: (values, before, { place }) => {
      const { data, shape } = numbersOf(values);
      const perRow = sizeOf(shape.slice(1));
      const classAt = (i: number) => {
        const value = Number(data[i]);
        if (Number.isInteger(value) && value >= 0 && value < numClasses) return value;
        throw new DataError(place(Math.floor(i / perRow)), `expected a class from 0 to ${numClasses - 1}, received ${value}`, { pointer });
      };
      return oneHot(data.length, classAt, [shape[0] ?? 0, ...oneHotType(before, numClasses).shape], numClasses);
    },
  };
}

const maxClasses = 1_000_000;

/** As many classes as the largest class number says, and one. */
export function unfittedCategorical(columnName: string, pointer: string): UnfittedTransform {
  return {
    pointer,
    fitter: (before, column): Fitter => {
      numbersType(before, column, pointer);
      let largest = 0;
      return {
        add: (values, { place }) => {
          const { data, shape } = numbersOf(values);
          for (let i = 0; i < data.length; i++) {
            const value = Number(data[i]);
            if (!Number.isInteger(value) || value < 0 || value >= maxClasses) throw new DataError(place(Math.floor(i / sizeOf(shape.slice(1)))), `expected a class from 0 to ${maxClasses - 1}, received ${value}`, { pointer });
            largest = Math.max(largest, value);
          }
        },
        result: (): Transform => ({ to_categorical: { column: columnName, num_classes: largest + 1 } }),
      };
    },
  };
}

/** Words of a fixed list to one-hot rows, in the list's order. */
export function classesToCategorical(classes: readonly string[], pointer: string): ColumnTransform {
  const indices = new Map(classes.map((name, i) => [name, i]));
  return {
    pointer,
    typeAfter: (before, column) => {
      if (before.kind !== 'text') throw new DataError(`column ${JSON.stringify(column)}`, '"classes" need a column of words, and come before any other transform of it', { pointer });
      return oneHotType(before, classes.length);
    },
    apply: (values, _before, { place }) => {
      const words = textsOf(values);
      const classAt = (row: number) => {
        const index = indices.get((words[row] ?? '').trim());
        if (index !== undefined) return index;
        throw new DataError(place(row), `expected one of the classes ${listNames(classes)}, received ${JSON.stringify(words[row])}`, { pointer });
      };
      return oneHot(words.length, classAt, [words.length, classes.length], classes.length);
    },
  };
}

function oneHotType(before: ColumnType, numClasses: number): NumbersType {
  const rowShape = before.kind === 'numbers' ? before.shape : [];
  const shape = rowShape.at(-1) === 1 ? rowShape.slice(0, -1) : rowShape;
  return { kind: 'numbers', dtype: 'float32', shape: [...shape, numClasses], parsed: false };
}

function oneHot(count: number, classAt: (i: number) => number, shape: readonly number[], numClasses: number): Numbers {
  const data = new Float32Array(count * numClasses);
  for (let i = 0; i < count; i++) data[i * numClasses + classAt(i)] = 1;
  return numbers({ dtype: 'float32', shape, data });
}
