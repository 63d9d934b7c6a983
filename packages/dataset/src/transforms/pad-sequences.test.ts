import { allocate, sizeOf, type DType } from '@trainyard/ndarray';
import { Transform, type TransformOf } from '@trainyard/protocol';
import { describe, expect, test } from 'vitest';
import { numbersOf, type ColumnValues, type Sequences } from '../columns/column-values.js';
import { readGolden } from '../testing/golden.js';
import { compileTransforms } from './registry.js';
import { isFitted, type RowContext } from './transform.js';

interface Golden {
  readonly sequences: (number | number[])[][];
  readonly arguments: Omit<TransformOf<'pad_sequences'>, 'column' | 'maxlen'> & { readonly maxlen: number | null; readonly dtype: DType };
  readonly shape: number[];
  readonly values: number[];
}

const context: RowContext = { place: (row) => `row ${row}`, missing: undefined, random: () => { throw new Error('no'); } };
const golden = await readGolden<Golden[]>('sequences.json');

function sequencesOf(rows: (number | number[])[][], dtype: DType): Sequences {
  const shape = rows.flat().some(Array.isArray) ? [2] : [];
  const offsets = Uint32Array.from([0, ...rows.map((_, i) => rows.slice(0, i + 1).flat().length)]);
  const flat: number[] = rows.flat(2);
  const data = allocate(dtype, flat.length);
  flat.forEach((value, i) => (data[i] = (dtype === 'int64' ? BigInt(value) : value) as never));
  expect(flat).toHaveLength(sizeOf(shape) * (offsets.at(-1) ?? 0));
  return { kind: 'sequences', dtype, shape, offsets, data };
}

function padded(values: Sequences, more: object): ColumnValues {
  const compile = (transform: unknown) => {
    const [only] = compileTransforms([Transform.parse(transform)]);
    if (!only || !('transform' in only)) throw new Error('expected a transform');
    return only.transform;
  };
  const type = { kind: 'sequences', dtype: values.dtype, shape: values.shape, parsed: false } as const;
  let transform = compile({ pad_sequences: { column: 's', ...more } });
  if (!isFitted(transform)) {
    const fitter = transform.fitter(type, 's');
    fitter.add(values, context);
    transform = compile(fitter.result());
  }
  if (!isFitted(transform)) throw new Error('expected a fitted transform');
  const out = transform.apply(values, type, context) as ColumnValues;
  // The type is a promise about the values.
  expect(transform.typeAfter(type, 's')).toEqual({ kind: 'numbers', dtype: numbersOf(out).dtype, shape: numbersOf(out).shape.slice(1), parsed: false });
  return out;
}

describe('rows are those of Keras’s pad_sequences', () => {
  const dtypes: DType[] = ['float64', 'int64', 'float32', 'int32'];
  test.each(golden.map((given, i) => [i, given] as const))('case %i', (_i, { sequences, arguments: { maxlen, ...more }, shape, values }) => {
    const flat: number[] = sequences.flat(2);
    const whole = flat.every(Number.isInteger);
    const fit = flat.every((value) => Math.fround(value) === value);
    for (const dtype of dtypes.filter((candidate) => candidate === 'float64' || (candidate.startsWith('int') ? whole : fit))) {
      const { data, ...out } = numbersOf(padded(sequencesOf(sequences, dtype), { ...more, ...(maxlen !== null && { maxlen }) }));
      expect(out).toEqual({ dtype: more.dtype, shape });
      expect(Array.from(data, Number)).toEqual(more.dtype === 'float32' ? values.map(Math.fround) : values);
    }
  });
});

test('numbers that are no integers, or not the dtype’s, are named, where Keras would cut them off', () => {
  const floats = sequencesOf([[1], [2, 0.5]], 'float32');
  expect(() => padded(floats, {})).toThrow('row 1: expected integers, since pad_sequences gives int32 unless its "dtype" says otherwise, received 0.5; add "dtype": "float32"');
  expect(Array.from(numbersOf(padded(floats, { dtype: 'int32' })).data, Number)).toEqual([0, 1, 2, 0]);
  expect(() => padded(sequencesOf([[1], [300]], 'int32'), { dtype: 'uint8' })).toThrow('row 1: expected numbers from 0 to 255, received 300');
});

test('rows that would be too large are refused before any is made', () => {
  expect(() => padded(sequencesOf([[1]], 'int32'), { maxlen: 10_000_000 })).toThrow(/column "s": expected rows of at most \d+ bytes, received maxlen 10000000/);
});
