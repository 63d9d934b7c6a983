import { isUtf8 } from 'node:buffer';
import type { TfrecordFeature } from '@trainyard/protocol';
import { bytesPerElement, sizeOf } from '@trainyard/ndarray';
import type { ColumnType } from '../../columns/column-type.js';
import type { Feature } from './example.js';

export type Kind = 'bytes' | 'float32' | 'int64';

/** What a feature is in the file, and what its column is. */
export interface FeatureType {
  readonly kind: Kind;
  readonly type: ColumnType;
  /** The column's numbers are a feature's bytes. */
  readonly raw: boolean;
}

/** Why a feature is none that a column can be made of. `row` is the index from 0 of the record that shows it. */
export class FeatureTypeError extends Error {
  override readonly name = 'FeatureTypeError';

  constructor(
    readonly row: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * What a feature's column is, as declared or as the first records tell: as many numbers in each, or sequences where their
 * lengths differ; text where all bytes are UTF-8.
 * @param sample the feature in the first records; undefined where it is missing
 * @throws FeatureTypeError where records do not go together, or the declaration does not fit them
 */
export function featureType(sample: readonly (Feature | undefined)[], declared: TfrecordFeature): FeatureType {
  const there = sample.flatMap((feature, row) => (feature === undefined || feature.kind === 'none' ? [] : [{ feature, row }]));
  const [first] = there;
  if (!first) throw new FeatureTypeError(0, 'the first records have no value of it; expected one in at least one of them');
  const { kind } = first.feature;
  const other = there.find(({ feature }) => feature.kind !== kind);
  if (other) throw new FeatureTypeError(other.row, `expected ${kind} values as in record ${first.row + 1}, received ${other.feature.kind}`);
  const counts = there.map(({ feature }) => feature.values.length);
  if (kind === 'bytes') return bytesType(there.flatMap(({ feature }) => (feature.kind === 'bytes' ? feature.values : [])), declared, first.row);
  if (declared.dtype !== undefined || declared.decode_raw !== undefined) throw new FeatureTypeError(first.row, `expected bytes for what "features" declares, received ${kind} values`);
  const [count = 0] = counts;
  const alike = counts.every((each) => each === count) && count > 0;
  if (declared.shape === undefined && (declared.sequence === true || !alike)) return { kind, raw: false, type: { kind: 'sequences', dtype: kind, shape: [], parsed: false } };
  return { kind, raw: false, type: { kind: 'numbers', dtype: kind, shape: declared.shape ?? (count === 1 ? [] : [count]), parsed: false } };
}

function bytesType(values: readonly Uint8Array[], { dtype, decode_raw: raw, shape, sequence }: TfrecordFeature, row: number): FeatureType {
  if (raw !== undefined) {
    const bytes = values[0]?.length ?? 0;
    const rowShape = shape ?? [bytes / bytesPerElement(raw)];
    if (sequence) return { kind: 'bytes', raw: true, type: { kind: 'sequences', dtype: raw, shape: [], parsed: false } };
    if (!rowShape.every(Number.isInteger) || sizeOf(rowShape) * bytesPerElement(raw) !== bytes) throw new FeatureTypeError(row, `expected ${sizeOf(rowShape)} values of ${raw}, received ${bytes} bytes`);
    return { kind: 'bytes', raw: true, type: { kind: 'numbers', dtype: raw, shape: rowShape, parsed: false } };
  }
  if (shape !== undefined && sizeOf(shape) !== 1) throw new FeatureTypeError(row, 'expected one text or one value of bytes in each record; a shape needs "decode_raw"');
  if (sequence) throw new FeatureTypeError(row, 'expected numbers for a sequence, received bytes');
  return { kind: 'bytes', raw: false, type: { kind: dtype ?? (values.every((value) => isUtf8(value) && !value.includes(0)) ? 'text' : 'bytes') } };
}
