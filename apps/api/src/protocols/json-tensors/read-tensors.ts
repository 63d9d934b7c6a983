import { bytesOf, sizeOf, viewBytes, type NdArray } from '@trainyard/ndarray';
import { isBinary, isPlain, kindOf, type Binary, type Signature, type TensorSpec } from '@trainyard/protocol';
import type { SentArrays } from '../sent-arrays.js';
import { tensorOf, wrong } from './nested.js';

type Inputs = Signature['inputs'];

/** Rows, or columns, of a predict call's JSON. */
export type JsonTensors = { readonly instances: readonly unknown[] } | { readonly inputs?: unknown };

/**
 * The arrays of a request, one for each input of the model in its order: TensorFlow Serving's row format (`instances`), or its
 * column format (`inputs`).
 *
 * @throws ApiError that points to what is wrong.
 */
export function readJsonTensors(tensors: JsonTensors, { inputs }: Pick<Signature, 'inputs'>): SentArrays {
  const arrays = 'instances' in tensors ? readRows(tensors.instances, inputs) : readColumns(tensors.inputs, inputs);
  return {
    arrays: arrays.map(({ dtype, shape }, i) => ({ name: inputs[i]?.name ?? '', dtype, shape: [...shape] })),
    parts: arrays.map(({ data }) => bytesOf(data)),
  };
}

/** One entry a row: a value, or `{input: value}`. */
function readRows(instances: readonly unknown[], inputs: Inputs): NdArray[] {
  return inputs.map((input) => {
    const rows = instances.map((instance, row) => memberOf(instance, input, inputs, `/instances/${row}`));
    const binary = rows.filter(isBinary).length;
    if (binary === 0) return tensorOf(rows, input.dtype, '/instances');
    if (binary < rows.length) throw wrong('/instances', 'expected {"b64": …} in all rows or in none');
    return stack(rows.map((row, i) => readBinary(row, input, `/instances/${i}`)), input);
  });
}

/** One tensor with all rows, or `{input: tensor}`. */
function readColumns(value: unknown, inputs: Inputs): NdArray[] {
  return inputs.map((input) => {
    const tensor = memberOf(value, input, inputs, '/inputs');
    if (!isBinary(tensor)) return tensorOf(tensor, input.dtype, isPlain(value) ? `/inputs/${escape(input.name)}` : '/inputs');
    return readBinary(tensor, input, '/inputs', true);
  });
}

/** What is given for an input: by its name, or as it is where the model has only one. */
function memberOf(value: unknown, input: TensorSpec, inputs: Inputs, pointer: string): unknown {
  if (isPlain(value)) {
    const unknown = Object.keys(value).find((name) => !inputs.some((known) => known.name === name));
    if (unknown !== undefined) throw wrong(`${pointer}/${escape(unknown)}`, `the model has no input of this name; its inputs are ${inputs.map(({ name }) => name).join(', ')}`);
    if (!Object.hasOwn(value, input.name)) throw wrong(pointer, `expected a value for the input ${JSON.stringify(input.name)}, received none`);
    return value[input.name];
  }
  if (inputs.length === 1) return value;
  throw wrong(pointer, `expected an object with the inputs ${inputs.map(({ name }) => name).join(', ')}, received ${kindOf(value)}`);
}

/**
 * Elements as base64 of their bytes, little-endian, in C order. The shape is the input's; one dimension that it leaves
 * open is what remains.
 * @param batched whether the bytes hold all rows rather than one.
 */
function readBinary(value: unknown, input: TensorSpec, pointer: string, batched = false): NdArray {
  const bytes = Buffer.from((value as Binary).b64, 'base64');
  const declared = batched ? input.shape : input.shape.slice(1);
  const open = declared.filter((dimension) => dimension === null).length;
  const known = sizeOf(declared.map((dimension) => dimension ?? 1));
  const elements = bytes.length / 4;
  const fits = open > 0 ? Number.isInteger(elements / known) && elements > 0 : elements === known;
  if (open > 1) throw wrong(pointer, `expected lists: the shape of "${input.name}", ${shapeText(declared)}, leaves more than one dimension open`);
  if (!fits) throw wrong(pointer, `expected base64 of the ${input.dtype} elements of ${shapeText(declared)}, 4 bytes each, received ${bytes.length} bytes`);
  const shape = declared.map((dimension) => dimension ?? elements / known);
  return { dtype: input.dtype, shape, data: viewBytes(input.dtype, bytes) };
}

function stack(rows: readonly NdArray[], { dtype }: TensorSpec): NdArray {
  const shape = rows[0]?.shape ?? [];
  const size = sizeOf(shape);
  const data = dtype === 'int32' ? new Int32Array(rows.length * size) : new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    if (row.data.length !== size) throw wrong(`/instances/${i}`, `expected ${size} elements, as in the first row, received ${row.data.length}`);
    data.set(row.data as Float32Array, i * size);
  });
  return { dtype, shape: [rows.length, ...shape], data };
}

const shapeText = (shape: readonly (number | null)[]): string => `[${shape.map((dimension) => dimension ?? 'any').join(', ')}]`;
const escape = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
