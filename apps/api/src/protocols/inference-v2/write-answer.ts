import { nestedOf, sizeOf, viewBytes } from '@trainyard/ndarray';
import type { InferAnswer, InferOutput } from '@trainyard/protocol';
import type { ByteArray } from '../../http/ask-predictor.js';
import { datatypeOf } from './datatypes.js';
import type { RequestedOutput } from './read-request.js';

/** An answer's JSON, and the bytes that follow it. */
export interface WrittenAnswer {
  readonly json: InferAnswer;
  readonly binary: readonly Uint8Array[];
}

/** @param arrays the model's outputs, in their order. */
export function writeAnswer(about: Omit<InferAnswer, 'outputs'>, arrays: readonly ByteArray[], requested: readonly RequestedOutput[]): WrittenAnswer {
  const binary: Uint8Array[] = [];
  const outputs = requested.map(({ name, index, binary: asBytes }): InferOutput => {
    const array = arrays[index];
    if (!array) throw new Error(`${name}: expected ${index + 1} outputs of the predictor, received ${arrays.length}`);
    const { shape, bytes } = array;
    const head = { name, shape: [...shape], datatype: datatypeOf(array.dtype === 'int32' ? 'int32' : 'float32') };
    if (!asBytes) return { ...head, data: nestedOf({ dtype: array.dtype, shape: [sizeOf(shape)], data: viewBytes(array.dtype, bytes) }) };
    binary.push(bytes);
    return { ...head, parameters: { binary_data_size: bytes.length } };
  });
  return { json: { ...about, outputs }, binary };
}
