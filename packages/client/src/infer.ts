import { inferenceHeader, type Datatype, type InferAnswer } from '@trainyard/protocol';
import type { Http } from './http.js';

/** Typed arrays that tensors are sent from: their types tell the elements'. */
export type TensorData = Float32Array | Float64Array | Int8Array | Int16Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array | Uint32Array;

export interface Tensor<T = TensorData> {
  readonly shape: readonly number[];
  /** Its elements in C order. */
  readonly data: T;
}

export interface InferRequestTensors {
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Names of the outputs to answer; default: all. */
  readonly outputs?: readonly string[];
  /** Comes back with the answer. */
  readonly id?: string;
}

export interface InferResult {
  readonly id: string | undefined;
  readonly modelVersion: string;
  readonly outputs: Readonly<Record<string, Tensor<Float32Array | Int32Array>>>;
}

/** The protocol's binary form, little-endian as the machines that run this are. */
export async function infer(http: Http, path: string, { inputs, outputs, id }: InferRequestTensors): Promise<InferResult> {
  const tensors = Object.entries(inputs).map(([name, { shape, data }]) => ({ name, shape, data, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) }));
  const head = new TextEncoder().encode(
    JSON.stringify({
      ...(id !== undefined && { id }),
      inputs: tensors.map(({ name, shape, data, bytes }) => ({ name, shape, datatype: datatypeOf(data), parameters: { binary_data_size: bytes.length } })),
      ...(outputs && { outputs: outputs.map((name) => ({ name })) }),
      parameters: { binary_data_output: true },
    }),
  );
  const headers = { 'content-type': 'application/octet-stream', [inferenceHeader]: String(head.length) };
  const response = await http.send(path, { method: 'POST', body: joined([head, ...tensors.map(({ bytes }) => bytes)]), headers, repeatable: true });
  return readAnswer(new Uint8Array(await response.arrayBuffer()), Number(response.headers.get(inferenceHeader) ?? NaN));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function readAnswer(body: Uint8Array, headBytes: number): InferResult {
  const { id, model_version: modelVersion, outputs } = JSON.parse(new TextDecoder().decode(body.subarray(0, headBytes))) as InferAnswer;
  let at = headBytes;
  const tensors = outputs.map(({ name, shape, datatype, parameters }) => {
    const bytes = body.slice(at, (at += parameters?.binary_data_size ?? 0)); // a copy, which begins where arrays can
    const data = datatype === 'INT32' ? new Int32Array(bytes.buffer) : new Float32Array(bytes.buffer);
    return [name, { shape, data }] as const;
  });
  return { id, modelVersion, outputs: Object.fromEntries(tensors) };
}

function datatypeOf(data: TensorData): Datatype {
  if (data instanceof Float32Array) return 'FP32';
  if (data instanceof Float64Array) return 'FP64';
  if (data instanceof BigInt64Array) return 'INT64';
  const bits = data.BYTES_PER_ELEMENT * 8;
  const signed = data instanceof Int8Array || data instanceof Int16Array || data instanceof Int32Array;
  return `${signed ? 'INT' : 'UINT'}${bits}` as Datatype;
}
