import { allocate, sizeOf, type NdArray } from '@trainyard/ndarray';
import { invalidRequest, kindOf, type ApiError } from '@trainyard/protocol';

export type InputDType = 'float32' | 'int32';

const deepest = 32;

/**
 * A tensor of nested lists of numbers (or booleans), all of whose lists at one depth are of one length.
 *
 * @throws ApiError that points to the list or number that is wrong.
 */
export function tensorOf(value: unknown, dtype: InputDType, pointer: string): NdArray {
  const shape = shapeOf(value, pointer);
  const path: number[] = [];
  try {
    measure(value, shape, 0, path); // before anything is allocated: the first of many lists may be the only long one
    const out = { dtype, shape, data: allocate(dtype, sizeOf(shape)) };
    fill(out, value, 0, 0, path);
    return out;
  } catch (error) {
    throw error instanceof Unfit ? wrong([pointer, ...path].join('/'), error.message) : error;
  }
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

/** Sees that all lists at one depth are of one length, without looking at elements. */
function measure(value: unknown, shape: readonly number[], axis: number, path: number[]): void {
  if (axis === shape.length) return;
  const length = shape[axis];
  if (!Array.isArray(value)) throw new Unfit(`expected a list of ${length}, as its neighbours are, received ${kindOf(value)}`);
  if (value.length !== length) throw new Unfit(`expected a list of ${length}, as its neighbours are, received one of ${value.length}`);
  if (axis === shape.length - 1) return;
  for (let i = 0; i < length; i++) {
    path[axis] = i;
    measure(value[i], shape, axis + 1, path);
  }
  path.length = axis;
}

/** Copies `value`, which lies at `path`, to where it belongs in `out`. */
function fill(out: NdArray, value: unknown, axis: number, at: number, path: number[]): void {
  if (axis === out.shape.length) {
    out.data[at] = numberOf(value, out.dtype as InputDType);
    return;
  }
  const list = value as readonly unknown[];
  const size = sizeOf(out.shape.slice(axis + 1));
  for (let i = 0; i < list.length; i++) {
    path[axis] = i;
    fill(out, list[i], axis + 1, at + i * size, path);
  }
  path.length = axis;
}

function numberOf(value: unknown, dtype: InputDType): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value !== 'number') throw new Unfit(`expected a number, received ${kindOf(value)}`);
  if (dtype === 'int32' && (!Number.isInteger(value) || Math.abs(value) > 0x7fffffff)) throw new Unfit(`expected an integer of 32 bits, received ${value}`);
  return value;
}

export function wrong(pointer: string, detail: string): ApiError {
  return invalidRequest([{ pointer, code: 'invalid_value', detail }]);
}
