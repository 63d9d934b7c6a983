import { isUtf8 } from 'node:buffer';
import { allocate, bytesPerElement, readElements, sizeOf, type TypedArray } from '@trainyard/ndarray';
import type { NumbersType } from '../../columns/column-type.js';
import { numbers, texts, type ColumnValues } from '../../columns/column-values.js';
import { DataError } from '../../data-error.js';
import { GrowingArray } from '../growing-array.js';
import type { Marks } from '../marks.js';
import { missingValue } from '../missing.js';
import type { ColumnRequest } from '../table.js';
import type { Feature } from './example.js';
import type { FeatureType } from './feature-type.js';

/** The rows of one feature, as values of its column. */
export class FeatureReader {
  constructor(
    readonly request: ColumnRequest,
    private readonly type: FeatureType,
  ) {}

  /** @param place of a row of these */
  read(features: readonly (Feature | undefined)[], marks: Marks, place: (row: number) => string): ColumnValues {
    const values = features.map((feature, row) => this.valueOf(feature, row, marks, place));
    if (this.request.text) return texts(values.map((value, row) => (value === undefined ? '' : asWord(value, place(row)))));
    const { type } = this.type;
    switch (type.kind) {
      case 'text':
        return texts(values.map((value, row) => (value === undefined ? '' : asText(only(value, place(row)), place(row)))));
      case 'bytes':
        return { kind: 'bytes', items: values.map((value, row) => (value === undefined ? new Uint8Array() : Uint8Array.from(only(value, place(row))))) };
      case 'numbers':
        return numbersOf(type, values.map((value, row) => value && this.numeric(value, place(row))), place);
      case 'sequences': {
        const offsets = new Uint32Array(values.length + 1);
        const data = new GrowingArray(type.dtype, values.length * 8);
        for (const [row, value] of values.entries()) {
          if (value) data.append(this.numeric(value, place(row)));
          offsets[row + 1] = data.length;
        }
        return { kind: 'sequences', dtype: type.dtype, shape: [], offsets, data: data.finish() };
      }
    }
  }

  /** @throws DataError where it is missing, and that was not asked for; or is of another kind than in the first records */
  private valueOf(feature: Feature | undefined, row: number, marks: Marks, place: (row: number) => string): Present | undefined {
    if (feature === undefined || feature.kind === 'none' || (feature.values.length === 0 && this.type.type.kind !== 'sequences')) {
      if (this.request.missing === 'error') throw missingValue(place(row), this.type.type.kind === 'sequences' ? 'a list' : 'a value');
      marks.set(row);
      return undefined;
    }
    if (feature.kind !== this.type.kind) throw new DataError(place(row), `expected ${this.type.kind} values as in the first records, received ${feature.kind}`);
    return feature;
  }

  private numeric(feature: Present, place: string): TypedArray {
    if (feature.kind !== 'bytes') return feature.values;
    const { type } = this.type;
    if (type.kind !== 'numbers' && type.kind !== 'sequences') throw new TypeError('expected a column of numbers');
    const bytes = only(feature, place);
    const layout = { dtype: type.dtype, bytes: bytesPerElement(type.dtype), littleEndian: true, read: undefined };
    if (bytes.length % layout.bytes !== 0) throw new DataError(place, `expected whole numbers of ${layout.bytes} bytes, received ${bytes.length} bytes`);
    return readElements(layout, bytes, bytes.length / layout.bytes);
  }
}

type Present = Exclude<Feature, { kind: 'none' }>;

function numbersOf({ dtype, shape }: NumbersType, values: readonly (TypedArray | undefined)[], place: (row: number) => string): ColumnValues {
  const width = sizeOf(shape);
  const data = allocate(dtype, values.length * width);
  for (const [row, value] of values.entries()) {
    if (value === undefined) {
      if (dtype === 'float32' || dtype === 'float64') data.fill(NaN as never, row * width, (row + 1) * width);
    } else if (value.length === width) data.set(value as never, row * width);
    else throw new DataError(place(row), `expected ${width} ${width === 1 ? 'value' : 'values'}, received ${value.length}; for any number of them declare "tfrecord": {"features": {…: {"sequence": true}}}`);
  }
  return numbers({ dtype, shape: [values.length, ...shape], data });
}

function only(feature: Present, place: string): Uint8Array {
  const [value] = feature.kind === 'bytes' ? feature.values : [];
  if (value === undefined || feature.values.length !== 1) throw new DataError(place, `expected one value, received ${feature.values.length}; join the words to one text`);
  return value;
}

function asText(bytes: Uint8Array, place: string): string {
  if (!isUtf8(bytes)) throw new DataError(place, 'expected UTF-8 text as in the first records, received other bytes; declare "tfrecord": {"features": {…: {"dtype": "bytes"}}}');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

/** A value as a word, for names of classes: numbers by their digits. */
function asWord(feature: Present, place: string): string {
  if (feature.kind === 'bytes') return asText(only(feature, place), place);
  if (feature.values.length !== 1) throw new DataError(place, `expected one value, received ${feature.values.length}`);
  return String(feature.values[0]);
}
