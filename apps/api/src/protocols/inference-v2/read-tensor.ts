import { bytesOf, sizeOf, viewBytes, type DType, type TypedArray } from '@trainyard/ndarray';
import { invalidRequest, jsonPointer, type ApiError, type InferInput, type TensorSpec } from '@trainyard/protocol';
import { castsTo, datatypeOf, elementTypes, shapeOf, type NumericDatatype } from './datatypes.js';
import { readJsonData } from './tensor-json.js';

/** An integer of 32 bits, which is what a model takes as one. */
const [least, most] = [-(2 ** 31), 2 ** 31 - 1];

/** An array as it is sent on. */
export interface ReadTensor {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/**
 * A tensor of a request, for an input of the model. Bytes stay what they are: they are only looked at where the input cannot
 * take them all.
 *
 * @param at the tensor's place in `inputs`.
 * @param bytes its binary data; undefined where it has none.
 * @throws ApiError that points to what is wrong.
 */
export function readTensor(tensor: InferInput, at: number, bytes: Uint8Array | undefined, input: TensorSpec): ReadTensor {
  const { datatype, shape, data } = tensor;
  const place = (...path: (string | number)[]): string => jsonPointer(['inputs', at, ...path]);
  if (!castsTo(datatype, input.dtype)) throw wrong(place('datatype'), `expected ${expectation(input)}, received ${datatype}`);
  expectShape(shape, input, place('shape'));
  if ((bytes === undefined) === (data === undefined))
    throw wrong(place('data'), bytes === undefined ? 'expected data, or parameters.binary_data_size with bytes behind the JSON, received neither' : 'expected no data beside parameters.binary_data_size');
  if (bytes === undefined) return fromJson(tensor, datatype, input, ['inputs', at, 'data']);
  return fromBytes(bytes, { datatype, shape }, input, place('parameters', 'binary_data_size'));
}

function expectation(input: TensorSpec): string {
  const { name, dtype, shape } = input;
  const others = dtype === 'int32' ? ', or another type of integers, or BOOL' : ', or another type of numbers, or BOOL';
  return `${datatypeOf(dtype)} of shape [${shapeOf(shape).join(', ')}] for the input ${JSON.stringify(name)}${others}`;
}

/** A row of a single number may be that number, as in Keras. */
function expectShape(shape: readonly number[], input: TensorSpec, pointer: string): void {
  const [, ...row] = input.shape;
  const fits = shape.length === input.shape.length && row.every((dimension, axis) => dimension === null || dimension === shape[axis + 1]);
  const single = shape.length === 1 && row.length === 1 && row[0] === 1;
  if (!fits && !single) throw wrong(pointer, `expected [${[-1, ...shapeOf(row)].join(', ')}] for the input ${JSON.stringify(input.name)}, -1 being any size, received [${shape.join(', ')}]`);
  if (shape[0] === 0) throw wrong(pointer, 'expected at least one row, received none');
}

function fromJson({ data, shape }: InferInput, datatype: NumericDatatype, { dtype }: TensorSpec, path: readonly (string | number)[]): ReadTensor {
  const { kind, min = -Infinity, max = Infinity } = elementTypes[datatype];
  const bounds = dtype === 'int32' ? { min: Math.max(min, least), max: Math.min(max, most) } : { min, max };
  return { dtype, shape, bytes: bytesOf(readJsonData(data, { dtype, shape }, { kind, ...bounds }, path)) };
}

function fromBytes(bytes: Uint8Array, { datatype, shape }: { datatype: NumericDatatype; shape: readonly number[] }, input: TensorSpec, pointer: string): ReadTensor {
  const { bytes: size, dtype, kind, min = 0, max = 0, widen } = elementTypes[datatype];
  const expected = sizeOf(shape) * size;
  if (bytes.length !== expected) throw wrong(pointer, `expected ${expected}, of ${sizeOf(shape)} elements of ${datatype}, received ${bytes.length}`);
  const widened = widen?.(bytes);
  if (kind === 'boolean') expectEach(bytes, 0, 1, pointer, 'a byte of 0 or 1');
  if (kind === 'integer' && input.dtype === 'int32' && (min < least || max > most)) expectEach(widened ?? viewBytes(dtype, bytes), least, most, pointer, 'an integer of 32 bits');
  return { dtype, shape, bytes: widened ? bytesOf(widened) : bytes };
}

function expectEach(data: TypedArray, from: number, to: number, pointer: string, what: string): void {
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (value < from || value > to) throw wrong(pointer, `expected ${what} in each element, received ${value} in element ${i}`);
  }
}

const wrong = (pointer: string, detail: string): ApiError => invalidRequest([{ pointer, code: 'invalid_value', detail }]);
