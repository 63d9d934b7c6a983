import { sizeOf } from '@trainyard/ndarray';
import { ApiError, invalidRequest, issuesOf, jsonPointer, InferRequest, type Signature, type TensorSpec } from '@trainyard/protocol';
import { predictBodyLimit } from '../../http/json-body.js';
import type { SentArrays } from '../sent-arrays.js';
import { widenedBytes } from './datatypes.js';
import { readTensor, type ReadTensor } from './read-tensor.js';

/** An output that is asked for, and whether as bytes. */
export interface RequestedOutput {
  /** Its place among the model's outputs. */
  readonly index: number;
  readonly name: string;
  readonly binary: boolean;
}

/** @throws ApiError 422 */
export function parseInferRequest(json: unknown): InferRequest {
  const parsed = InferRequest.safeParse(json ?? {});
  if (!parsed.success) throw invalidRequest(issuesOf(parsed.error, json ?? {}));
  return parsed.data;
}

/**
 * @param binary what follows the JSON: the bytes of each tensor that has `binary_data_size`, in the tensors' order.
 * @throws ApiError that points to what is wrong.
 */
export function readInputs({ inputs }: InferRequest, binary: Uint8Array, { inputs: expected }: Signature): SentArrays {
  const byName = new Map<string, number>();
  inputs.forEach(({ name }, at) => {
    if (!expected.some((input) => input.name === name)) throw wrong(['inputs', at, 'name'], `the model has no input ${JSON.stringify(name)}; its inputs are ${namesOf(expected)}`);
    if (byName.has(name)) throw wrong(['inputs', at, 'name'], `expected each input once, received ${JSON.stringify(name)} again`);
    byName.set(name, at);
  });
  const chunks = splitBinary(inputs, binary);
  expectRoom(inputs, chunks);
  const tensors = expected.map((input) => {
    const at = byName.get(input.name);
    const tensor = inputs[at ?? -1];
    if (at === undefined || !tensor) throw wrong(['inputs'], `expected the inputs ${namesOf(expected)}, received none called ${JSON.stringify(input.name)}`);
    return { at, name: input.name, tensor: readTensor(tensor, at, chunks[at], input) };
  });
  expectSameRows(tensors);
  return {
    arrays: tensors.map(({ name, tensor: { dtype, shape } }) => ({ name, dtype, shape: [...shape] })),
    parts: tensors.map(({ tensor: { bytes } }) => bytes),
  };
}

/** @throws ApiError for an output that the model does not have */
export function requestedOutputs({ outputs, parameters }: InferRequest, { outputs: known }: Signature): RequestedOutput[] {
  const otherwise = parameters?.binary_data_output ?? false;
  if (outputs === undefined || outputs.length === 0) return known.map(({ name }, index) => ({ name, index, binary: otherwise }));
  return outputs.map(({ name, parameters: own }, at) => {
    const index = known.findIndex((output) => output.name === name);
    if (index < 0) throw wrong(['outputs', at, 'name'], `the model has no output ${JSON.stringify(name)}; its outputs are ${namesOf(known)}`);
    return { name, index, binary: own?.binary_data ?? otherwise };
  });
}

/** How many classes are asked for in the place of numbers, and where the request says so. */
export interface RequestedClasses {
  readonly count: number;
  readonly pointer: string;
}

/**
 * How many classes are asked for in the place of numbers: by `top_k` of the request, or by `classification` of its outputs, which is
 * Triton's word for it; null for none.
 *
 * @throws ApiError where outputs are asked for so and so many of
 */
export function requestedClasses({ outputs = [], parameters }: InferRequest): RequestedClasses | null {
  const otherwise = parameters?.top_k ?? null;
  const counts = outputs.map((output) => output.parameters?.classification ?? otherwise);
  const [first = otherwise, ...others] = counts;
  const other = others.findIndex((count) => count !== first);
  if (other >= 0) throw wrong(classificationOf(other + 1), `expected ${first ?? 'none'}, as for the other outputs, received ${others[other] ?? 'none'}`);
  if (first === null) return null;
  const at = outputs.findIndex((output) => output.parameters?.classification !== undefined);
  return { count: first, pointer: jsonPointer(at < 0 ? ['parameters', 'top_k'] : classificationOf(at)) };
}

const classificationOf = (output: number): [string, number, string, string] => ['outputs', output, 'parameters', 'classification'];

/** What a predictor says of `top_k`, said of the place where this protocol has it. */
export function atRequestedClasses(error: unknown, { pointer }: RequestedClasses): unknown {
  if (!(error instanceof ApiError) || !error.errors.some((issue) => issue.pointer === '/top_k')) return error;
  return invalidRequest(error.errors.map((issue) => (issue.pointer === '/top_k' ? { ...issue, pointer } : issue)), error.code);
}

/** The bytes of each tensor, where it has any. */
function splitBinary(inputs: InferRequest['inputs'], binary: Uint8Array): (Uint8Array | undefined)[] {
  let end = 0;
  const chunks = inputs.map(({ parameters }, at) => {
    const size = parameters?.binary_data_size;
    if (size === undefined) return undefined;
    const start = end;
    end += size;
    if (end > binary.length) throw wrong(['inputs', at, 'parameters', 'binary_data_size'], `expected at most the ${binary.length - start} bytes that are left behind the JSON, received ${size}`);
    return binary.subarray(start, end);
  });
  if (end < binary.length) throw wrong(['inputs'], `expected ${end} bytes behind the JSON, by the tensors' binary_data_size, received ${binary.length}`);
  return chunks;
}

/** INT8 and its like are sent on as wider types. */
function expectRoom(inputs: InferRequest['inputs'], chunks: readonly (Uint8Array | undefined)[]): void {
  const bytes = inputs.reduce((sum, { datatype, shape }, at) => sum + (chunks[at] ? widenedBytes(datatype, sizeOf(shape)) : 0), 0);
  if (bytes > predictBodyLimit) throw new ApiError('too_large', `expected tensors of at most ${predictBodyLimit} bytes all together, with elements of 32 bits or more, received ${bytes}`);
}

function expectSameRows(tensors: readonly { at: number; tensor: ReadTensor }[]): void {
  const rows = tensors[0]?.tensor.shape[0];
  const other = tensors.find(({ tensor }) => tensor.shape[0] !== rows);
  if (other) throw wrong(['inputs', other.at, 'shape'], `expected ${rows} rows, as the other inputs have, received ${other.tensor.shape[0]}`);
}

const namesOf = (tensors: readonly TensorSpec[]): string => tensors.map(({ name }) => name).join(', ');

const wrong = (path: readonly (string | number)[], detail: string): ApiError => invalidRequest([{ pointer: jsonPointer(path), code: 'invalid_value', detail }]);
