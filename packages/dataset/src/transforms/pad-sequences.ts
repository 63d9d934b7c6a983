import { allocate, sizeOf, type DType, type TypedArray } from '@trainyard/ndarray';
import type { Transform, TransformOf } from '@trainyard/protocol';
import { DataError } from '../data-error.js';
import { describeType, type ColumnType, type SequencesType } from '../columns/column-type.js';
import { numbers, type Sequences } from '../columns/column-values.js';
import type { ColumnTransform, Fitter, UnfittedTransform } from './transform.js';

type Arguments = TransformOf<'pad_sequences'>;

/** Rows of a block are made in memory at once: so many bytes of them at most. */
const maxRowBytes = 64 * 1024 * 1024;

/** Sequences to rows of one length, as Keras's `pad_sequences`. */
export function padSequences(given: Arguments, maxlen: number, pointer: string): ColumnTransform {
  const { padding, truncating, value } = given;
  const dtype = given.dtype ?? 'int32';
  return {
    pointer,
    typeAfter: (before, column) => {
      const { shape } = sequencesType(before, column, pointer);
      if (maxlen * sizeOf(shape) * 8 > maxRowBytes) throw new DataError(`column ${JSON.stringify(column)}`, `expected rows of at most ${maxRowBytes} bytes, received maxlen ${maxlen}; give a smaller maxlen`, { pointer: `${pointer}/pad_sequences/maxlen` });
      return { kind: 'numbers', dtype, shape: [maxlen, ...shape], parsed: false };
    },
    apply: (values, _before, { place }) => {
      const sequences = values as Sequences;
      const width = sizeOf(sequences.shape);
      const rows = sequences.offsets.length - 1;
      const data = allocate(dtype, rows * maxlen * width);
      if (value !== 0) data.fill((data instanceof BigInt64Array ? BigInt(Math.trunc(value)) : value) as never);
      const write = writer(sequences, dtype, data, given.dtype === undefined, (row, problem) => new DataError(place(row), problem, { pointer }));
      for (let row = 0; row < rows; row++) {
        const [start = 0, end = 0] = [sequences.offsets[row], sequences.offsets[row + 1]];
        const length = Math.min(maxlen, end - start);
        const from = truncating === 'pre' ? end - length : start;
        const to = row * maxlen + (padding === 'pre' ? maxlen - length : 0);
        write(row, from * width, (from + length) * width, to * width);
      }
      return numbers({ dtype, shape: [rows, maxlen, ...sequences.shape], data });
    },
  };
}

/** `maxlen` is the length of the longest sequence, as in Keras. */
export function unfittedPadSequences(given: Arguments, pointer: string): UnfittedTransform {
  return {
    pointer,
    fitter: (before, column): Fitter => {
      sequencesType(before, column, pointer);
      let longest = 1;
      return {
        add: (values) => {
          const { offsets } = values as Sequences;
          for (let row = 0; row + 1 < offsets.length; row++) longest = Math.max(longest, (offsets[row + 1] ?? 0) - (offsets[row] ?? 0));
        },
        result: (): Transform => ({ pad_sequences: { ...given, maxlen: longest } }),
      };
    },
  };
}

function sequencesType(type: ColumnType, column: string, pointer: string): SequencesType {
  if (type.kind === 'sequences') return type;
  throw new DataError(`column ${JSON.stringify(column)}`, `expected sequences here, received ${describeType(type)}${type.kind === 'text' ? '; add tokenize before' : ''}`, { pointer });
}

type Write = (row: number, from: number, end: number, to: number) => void;

const integerBounds: Partial<Record<DType, readonly [number, number]>> = { int32: [-(2 ** 31), 2 ** 31 - 1], int64: [-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER], uint8: [0, 255] };

/** Copies elements `[from, end)` to `to`, by C's conversions; numbers that an integer dtype does not hold are refused. */
function writer(from: Sequences, dtype: DType, target: TypedArray, byDefault: boolean, fault: (row: number, problem: string) => DataError): Write {
  const { data } = from;
  const bounds = integerBounds[dtype];
  if (from.dtype === dtype) return (_row, start, end, to) => target.set(data.subarray(start, end) as never, to);
  return (row, start, end, to) => {
    for (let i = start; i < end; i++) {
      let value = Number(data[i]);
      if (byDefault && !Number.isInteger(value)) throw fault(row, `expected integers, since pad_sequences gives int32 unless its "dtype" says otherwise, received ${value}; add "dtype": "float32"`);
      if (dtype === 'bool') value = value === 0 ? 0 : 1;
      if (bounds) value = Math.trunc(value);
      if (bounds && !(value >= bounds[0] && value <= bounds[1])) throw fault(row, `expected numbers from ${bounds[0]} to ${bounds[1]}, received ${value}; give pad_sequences another "dtype"`);
      target[to + i - start] = (target instanceof BigInt64Array ? BigInt(value) : value);
    }
  };
}
