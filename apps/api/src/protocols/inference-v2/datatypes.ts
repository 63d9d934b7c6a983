import { bytesPerElement, elementLayout, readElements, type DType, type TypedArray } from '@trainyard/ndarray';
import type { Datatype, TensorSpec } from '@trainyard/protocol';

/** An element type of the protocol that models take, BYTES being none. */
export type NumericDatatype = Exclude<Datatype, 'BYTES'>;

interface ElementType {
  /** Of one element. */
  readonly bytes: number;
  /** What its elements are widened to; for the most part they are sent on as they came. */
  readonly dtype: DType;
  readonly kind: 'boolean' | 'integer' | 'float';
  /** Of integers. */
  readonly min?: number;
  readonly max?: number;
  /** Makes elements of `dtype` of the bytes; absent where they are that. */
  readonly widen?: (bytes: Uint8Array) => TypedArray;
}

const unsigned = (bits: number) => ({ kind: 'integer' as const, min: 0, max: 2 ** bits - 1 });
const signed = (bits: number) => ({ kind: 'integer' as const, min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });

/** Reads elements that numpy has too, by its name of their type. */
function as(descr: string, bytes: number): Pick<Required<ElementType>, 'bytes' | 'dtype' | 'widen'> {
  const layout = elementLayout(descr, descr);
  return { bytes, dtype: layout.dtype, widen: (data) => readElements(layout, data, data.length / bytes) };
}

export const elementTypes: Readonly<Record<NumericDatatype, ElementType>> = {
  BOOL: { bytes: 1, dtype: 'bool', kind: 'boolean' },
  UINT8: { bytes: 1, dtype: 'uint8', ...unsigned(8) },
  UINT16: { ...as('<u2', 2), ...unsigned(16) },
  UINT32: { ...as('<u4', 4), ...unsigned(32) },
  UINT64: { bytes: 8, dtype: 'float64', ...unsigned(64), widen: (bytes) => Float64Array.from({ length: bytes.length / 8 }, (_, i) => Number(viewOf(bytes).getBigUint64(i * 8, true))) },
  INT8: { ...as('|i1', 1), ...signed(8) },
  INT16: { ...as('<i2', 2), ...signed(16) },
  INT32: { bytes: 4, dtype: 'int32', ...signed(32) },
  INT64: { bytes: 8, dtype: 'int64', ...signed(64) },
  FP16: { ...as('<f2', 2), kind: 'float' },
  BF16: { bytes: 2, dtype: 'float32', kind: 'float', widen: widenBfloat16 },
  FP32: { bytes: 4, dtype: 'float32', kind: 'float' },
  FP64: { bytes: 8, dtype: 'float64', kind: 'float' },
};

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** A bfloat16 is the upper half of a float32. */
function widenBfloat16(bytes: Uint8Array): Float32Array {
  const halves = viewOf(bytes);
  const bits = Uint32Array.from({ length: bytes.length / 2 }, (_, i) => halves.getUint16(i * 2, true) << 16);
  return new Float32Array(bits.buffer);
}

/** Bytes that elements of a type take once they have been widened. */
export const widenedBytes = (datatype: Datatype, count: number): number => (datatype === 'BYTES' ? 0 : count * bytesPerElement(elementTypes[datatype].dtype));

/** What models take and answer, as the protocol calls it. */
export const datatypeOf = (dtype: TensorSpec['dtype']): NumericDatatype => (dtype === 'int32' ? 'INT32' : 'FP32');

/**
 * Whether elements of a type may be given for an input: to numbers with a fraction any numbers, rounded as Keras rounds them; to
 * integers integers, each of which must fit.
 */
export const castsTo = (datatype: Datatype, dtype: TensorSpec['dtype']): datatype is NumericDatatype =>
  datatype !== 'BYTES' && (dtype === 'float32' || elementTypes[datatype].kind !== 'float');

/** An open dimension is -1. */
export const shapeOf = (shape: TensorSpec['shape']): number[] => shape.map((dimension) => dimension ?? -1);
