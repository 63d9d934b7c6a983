import { allocate, gatherRows, sizeOf, sliceRows, type DType, type NdArray, type TypedArray } from '@trainyard/ndarray';
import type { ColumnType } from './column-type.js';

/** Some rows of a column. Which kind it is, its type tells. */
export type ColumnValues = Numbers | Sequences | Texts | BytesItems;

export interface Numbers {
  readonly kind: 'numbers';
  /** Rows along the first axis. */
  readonly array: NdArray;
}

export interface Sequences {
  readonly kind: 'sequences';
  readonly dtype: DType;
  /** Of one element of a sequence. */
  readonly shape: readonly number[];
  /** Row i has the elements `[offsets[i], offsets[i + 1])`; one more than there are rows. */
  readonly offsets: Uint32Array;
  readonly data: TypedArray;
}

export interface Texts {
  readonly kind: 'text';
  readonly texts: readonly string[];
}

export interface BytesItems {
  readonly kind: 'bytes';
  readonly items: readonly Uint8Array[];
}

export function numbers(array: NdArray): Numbers {
  return { kind: 'numbers', array };
}

export function texts(values: readonly string[]): Texts {
  return { kind: 'text', texts: values };
}

/** The numbers of a column whose type is known to be that. */
export function numbersOf(values: ColumnValues): NdArray {
  if (values.kind === 'numbers') return values.array;
  throw new TypeError(`expected numbers, received ${values.kind}`);
}

/** The texts of a column whose type is known to be that. */
export function textsOf(values: ColumnValues): readonly string[] {
  if (values.kind === 'text') return values.texts;
  throw new TypeError(`expected text, received ${values.kind}`);
}

/** The type of values whose numbers were not parsed from text. */
export function typeOf(values: ColumnValues): ColumnType {
  switch (values.kind) {
    case 'numbers':
      return { kind: 'numbers', dtype: values.array.dtype, shape: values.array.shape.slice(1), parsed: false };
    case 'sequences':
      return { kind: 'sequences', dtype: values.dtype, shape: values.shape, parsed: false };
    case 'text':
    case 'bytes':
      return { kind: values.kind };
  }
}

/** The rows that `order` names, copied. */
export function pickRows(values: ColumnValues, order: Uint32Array): ColumnValues {
  switch (values.kind) {
    case 'numbers':
      return numbers(gatherRows(values.array, order, 0, order.length));
    case 'sequences':
      return pickSequences(values, order);
    case 'text':
      return texts(Array.from(order, (row) => values.texts[row] ?? ''));
    case 'bytes':
      return { kind: 'bytes', items: Array.from(order, (row) => values.items[row] ?? new Uint8Array()) };
  }
}

/** Row `row` of sequences, as a view. */
export function sequenceAt({ dtype, shape, offsets, data }: Sequences, row: number): NdArray {
  const [start = 0, end = 0] = [offsets[row], offsets[row + 1]];
  const flat: NdArray = { dtype, shape: [data.length / sizeOf(shape), ...shape], data };
  return sliceRows(flat, start, end);
}

function pickSequences({ dtype, shape, offsets, data }: Sequences, order: Uint32Array): Sequences {
  const picked = new Uint32Array(order.length + 1);
  for (const [i, row] of order.entries()) picked[i + 1] = (picked[i] ?? 0) + (offsets[row + 1] ?? 0) - (offsets[row] ?? 0);
  const width = sizeOf(shape);
  const target = allocate(dtype, (picked[order.length] ?? 0) * width);
  for (const [i, row] of order.entries()) target.set(data.subarray((offsets[row] ?? 0) * width, (offsets[row + 1] ?? 0) * width) as never, (picked[i] ?? 0) * width);
  return { kind: 'sequences', dtype, shape, offsets: picked, data: target };
}
