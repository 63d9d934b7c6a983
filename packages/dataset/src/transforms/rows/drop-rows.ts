import { sizeOf } from '@trainyard/ndarray';
import type { TransformOf } from '@trainyard/protocol';
import { DataError } from '../../data-error.js';
import { describeType, type ColumnType } from '../../columns/column-type.js';
import type { ColumnValues } from '../../columns/column-values.js';
import type { Reading, RowFilter } from '../transform.js';

type Arguments = TransformOf<'drop_rows'>;
type Test = (row: number) => boolean;

/** Leaves out rows that have no value, or of which an element equals, is below or above what is given. */
export function dropRows(given: Arguments, pointer: string): RowFilter {
  return {
    pointer,
    ...(given.missing && { handlesMissing: true }),
    check: (type, column) => {
      const problem = type && misfit(type, given);
      if (problem !== undefined) throw new DataError(`column ${JSON.stringify(column)}`, problem, { pointer: `${pointer}/drop_rows` });
    },
    keeps: (values, { missing }) => {
      const drops: Test[] = [];
      if (given.missing && missing) drops.push((row) => missing[row] === 1);
      if (values?.kind === 'text') {
        const words = new Set(equalsOf(given));
        drops.push((row) => words.has((values.texts[row] ?? '').trim()));
      } else if (values) drops.push(anyElement(values, dropsNumber(given)));
      return (row) => !drops.some((drop) => drop(row));
    },
  };
}

/** What the filter compares with tells how its column is read. */
export function readingOf(given: Arguments): Reading {
  if (equalsOf(given).some((value) => typeof value === 'string')) return 'words';
  return comparesNumbers(given) ? 'numbers' : 'either';
}

function comparesNumbers(given: Arguments): boolean {
  return given.below !== undefined || given.above !== undefined || equalsOf(given).some((value) => typeof value === 'number');
}

function equalsOf({ equals }: Arguments): readonly (string | number)[] {
  return equals === undefined ? [] : [equals].flat();
}

function misfit(type: ColumnType, given: Arguments): string | undefined {
  if (comparesNumbers(given) && (type.kind === 'text' || type.kind === 'bytes')) return `expected numbers to compare with, received ${describeType(type)}`;
  if (readingOf(given) === 'words' && type.kind !== 'text') return `expected words to compare with, received ${describeType(type)}`;
  return undefined;
}

function dropsNumber(given: Arguments): (value: number) => boolean {
  const { missing, below = -Infinity, above = Infinity } = given;
  const equal = new Set(equalsOf(given));
  return (value) => value < below || value > above || equal.has(value) || (missing === true && Number.isNaN(value));
}

function anyElement(values: ColumnValues, drops: (value: number) => boolean): Test {
  const some = (data: ArrayLike<number | bigint>, start: number, end: number) => {
    for (let i = start; i < end; i++) if (drops(Number(data[i]))) return true;
    return false;
  };
  if (values.kind === 'sequences') {
    const width = sizeOf(values.shape);
    return (row) => some(values.data, (values.offsets[row] ?? 0) * width, (values.offsets[row + 1] ?? 0) * width);
  }
  if (values.kind !== 'numbers') return () => false;
  const { data, shape } = values.array;
  const perRow = sizeOf(shape.slice(1));
  return (row) => some(data, row * perRow, (row + 1) * perRow);
}
