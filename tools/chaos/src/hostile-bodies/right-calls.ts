import type { Json } from '@trainyard/keras-format';
import { bytesOf, encodeNpz, nestedOf, sizeOf, type NdArray } from '@trainyard/ndarray';
import { npzMediaType, type InferModelMetadata } from '@trainyard/protocol';
import type { JobsApi } from '@trainyard/stack';
import type { Random } from '../random.js';
import type { Call } from './call.js';

const json = { 'content-type': 'application/json' };
const bytesAlone = new Uint8Array();

/** Calls that are right, one in each way that a job can be asked to predict. Its inputs are made of one column. */
export async function rightCalls(api: JobsApi, job: string, random: Random): Promise<Call[]> {
  const { inputs } = await api.get<InferModelMetadata>(`/v2/models/${job}`);
  const arrays = inputs.map((input) => ({ ...input, array: arrayOf(input, random) }));
  const named = (of: (array: NdArray) => unknown): Json => Object.fromEntries(arrays.map(({ name, array }) => [name, of(array)])) as Json;
  const rows = named((array) => nestedOf(array));
  const [first] = arrays;
  const byRow = Array.from({ length: first?.array.shape[0] ?? 0 }, (_, row) => Object.fromEntries(Object.entries(rows as Record<string, Json[]>).map(([name, column]) => [name, column[row]]))) as Json;
  const base64 = named((array) => ({ b64: Buffer.from(bytesOf(array.data)).toString('base64') }));
  const tensors = (data: (array: NdArray) => object): Json => arrays.map(({ name, datatype, array }) => ({ name, shape: [...array.shape], datatype, ...data(array) }));
  const flat = (array: NdArray) => ({ data: nestedOf({ ...array, shape: [sizeOf(array.shape)] }) });
  const parts = arrays.map(({ array }) => bytesOf(array.data));
  const asBytes = tensors(({ data }) => ({ parameters: { binary_data_size: data.byteLength } }));
  const [predict, serving, infer] = [`/v1/jobs/${job}/predict`, `/v1/models/${job}:predict`, `/v2/models/${job}/infer`];
  const call = (what: string, path: string, body: Json | undefined, bytes: Uint8Array = bytesAlone, headers: Record<string, string> = json): Call => ({ what, path, headers, json: body, bytes });
  return [
    call('rows', predict, { instances: byRow, batch_size: 32, outputs: 'probabilities' }),
    call('columns of base64', predict, { inputs: base64, checkpoint: 'final' }),
    call('npz', predict, undefined, encodeNpz(arrays.map(({ name, array }) => [name, array] as const)), { 'content-type': npzMediaType, accept: npzMediaType }),
    call('raw rows', predict, { raw: true, instances: first ? (nestedOf(first.array) as Json) : [], top_k: 2 }),
    call(':predict of rows', serving, { instances: byRow, signature_name: 'serving_default' }),
    call(':predict of columns', serving, { inputs: rows, deadline_ms: 20_000 }),
    call('infer, flat', infer, { id: '1', inputs: tensors(flat) }),
    call('infer, nested', infer, { inputs: tensors((array) => ({ data: nestedOf(array) })), parameters: { top_k: 2 } }),
    call('infer, bytes', infer, { inputs: asBytes, parameters: { binary_data_output: true } }, Buffer.concat(parts)),
  ];
}

const ROWS = 3;

/** Rows of small numbers; of a dimension that is open, three. */
function arrayOf({ datatype, shape }: InferModelMetadata['inputs'][number], random: Random): NdArray {
  const filled = shape.map((dimension) => (dimension < 0 ? ROWS : dimension));
  const values = Array.from({ length: sizeOf(filled) }, () => random.between(0, 2));
  return datatype === 'INT32' ? { dtype: 'int32', shape: filled, data: Int32Array.from(values) } : { dtype: 'float32', shape: filled, data: Float32Array.from(values) };
}
