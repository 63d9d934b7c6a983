import type { ModelTensor } from '@trainyard/engine';
import { decodeNpz, NpyError, sizeOf, viewBytes, type NdArray } from '@trainyard/ndarray';
import type { PredictorRequest } from '@trainyard/protocol';
import { arraysOf } from './framed.js';
import { isBinary, isPlain, type Binary } from './json-values.js';
import { kindOf, tensorOf, wrong } from './nested.js';

type Inputs = readonly ModelTensor[];

/**
 * The arrays of a request, one for each input of the model in its order: TensorFlow Serving's row format (`instances`),
 * its column format (`inputs`), an npz archive, or arrays as they are.
 *
 * @param parts the bytes that came with the request: of the archive, or of each array.
 * @throws ApiError that points to what is wrong.
 */
export function readInputs(tensors: PredictorRequest['tensors'], parts: readonly Uint8Array[], inputs: Inputs, maxBytes: number): NdArray[] {
  if ('instances' in tensors) return readRows(tensors.instances, inputs);
  if ('npz' in tensors) return byName(decodeArchive(parts[0] ?? new Uint8Array(), maxBytes), inputs, 'the npz archive');
  if ('arrays' in tensors) return byName(arraysOf(tensors.arrays, parts), inputs, 'the arrays');
  return readColumns(tensors.inputs, inputs);
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

function decodeArchive(archive: Uint8Array, maxBytes: number): Map<string, NdArray> {
  try {
    return decodeNpz(archive, { maxBytes });
  } catch (error) {
    if (error instanceof NpyError) throw wrong('', `the npz archive: ${error.message}`);
    throw error;
  }
}

function byName(arrays: ReadonlyMap<string, NdArray>, inputs: Inputs, place: string): NdArray[] {
  const [only] = arrays.values();
  if (inputs.length === 1 && arrays.size === 1 && only) return [only];
  return inputs.map((input, i) => {
    const array = arrays.get(input.name) ?? arrays.get(`arr_${i}`); // numpy.savez names what it is given without a name
    if (!array) throw wrong('', `${place}: expected an array ${JSON.stringify(input.name)}, received ${[...arrays.keys()].join(', ') || 'none'}`);
    return array;
  });
}

/** What is given for an input: by its name, or as it is where the model has only one. */
function memberOf(value: unknown, input: ModelTensor, inputs: Inputs, pointer: string): unknown {
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
function readBinary(value: unknown, input: ModelTensor, pointer: string, batched = false): NdArray {
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

function stack(rows: readonly NdArray[], { dtype }: ModelTensor): NdArray {
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
