import { allocate, sizeOf, type NdArray } from '@trainyard/ndarray';
import { invalidRequest, type ApiError } from '@trainyard/protocol';

export type InputDType = 'float32' | 'int32';

const deepest = 32;

/**
 * A tensor of nested lists of numbers (or booleans), all of whose lists at one depth are of one length.
 *
 * @throws ApiError that points to the list or number that is wrong.
 */
export function tensorOf(value: unknown, dtype: InputDType, pointer: string): NdArray {
  const shape = shapeOf(value, pointer);
  const out = { dtype, shape, data: allocate(dtype, sizeOf(shape)) };
  const path: number[] = [];
  try {
    fill(out, value, 0, 0, path);
  } catch (error) {
    throw error instanceof Unfit ? wrong([pointer, ...path].join('/'), error.message) : error;
  }
  return out;
}

/** What is wrong, at the place that `path` holds when it is thrown. */
class Unfit extends Error {}

function shapeOf(value: unknown, pointer: string): number[] {
  const shape: number[] = [];
  for (let inner = value; Array.isArray(inner); inner = (inner as unknown[])[0]) {
    if (shape.length === deepest) throw wrong(pointer, `expected at most ${deepest} lists within each other, received more`);
    shape.push(inner.length);
  }
  return shape;
}

/** Copies `value`, which lies at `path`, to where it belongs in `out`. */
function fill(out: NdArray, value: unknown, axis: number, at: number, path: number[]): void {
  if (axis === out.shape.length) {
    out.data[at] = numberOf(value, out.dtype as InputDType);
    return;
  }
  const length = out.shape[axis] ?? 0;
  if (!Array.isArray(value)) throw new Unfit(`expected a list of ${length}, as its neighbours are, received ${kindOf(value)}`);
  if (value.length !== length) throw new Unfit(`expected a list of ${length}, as its neighbours are, received one of ${value.length}`);
  const size = sizeOf(out.shape.slice(axis + 1));
  for (let i = 0; i < length; i++) {
    path[axis] = i;
    fill(out, value[i], axis + 1, at + i * size, path);
  }
  path.length = axis;
}

function numberOf(value: unknown, dtype: InputDType): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'number') throw new Unfit(`expected a number, received ${kindOf(value)}`);
  if (dtype === 'int32' && (!Number.isInteger(value) || Math.abs(value) > 0x7fffffff)) throw new Unfit(`expected an integer of 32 bits, received ${value}`);
  return value;
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return `the text ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

export function wrong(pointer: string, detail: string): ApiError {
  return invalidRequest([{ pointer, code: 'invalid_value', detail }]);
}
