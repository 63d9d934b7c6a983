import { allocate, sizeOf } from '@trainyard/ndarray';
import { invalidRequest, jsonPointer, type ApiError, type TensorSpec } from '@trainyard/protocol';

/** What an element may be. */
export interface ElementRule {
  readonly kind: 'boolean' | 'integer' | 'float';
  readonly min: number;
  readonly max: number;
}

type Path = readonly (string | number)[];

/**
 * The elements of a tensor's `data`: lists of lists of its shape, or one flat list in C order. Lists are measured before anything
 * is allocated, since a shape is said in a few bytes.
 *
 * @throws ApiError that points to the list or element that is wrong.
 */
export function readJsonData(data: unknown, { dtype, shape }: { dtype: TensorSpec['dtype']; shape: readonly number[] }, rule: ElementRule, path: Path): Float32Array | Int32Array {
  const nested = shape.length > 1 && Array.isArray(data) && Array.isArray(data[0]);
  const as = nested ? shape : [sizeOf(shape)];
  measure(data, as, 0, path);
  const out = allocate(dtype, sizeOf(shape));
  fill(out, data as readonly unknown[], { shape: as, axis: 0, at: 0 }, rule, path);
  return out;
}

/** Sees that every list is as long as the shape says, without looking at elements. */
function measure(list: unknown, shape: readonly number[], axis: number, path: Path): void {
  const length = shape[axis] ?? 0;
  if (!Array.isArray(list)) throw wrong(path, `expected a list of ${length}, as its shape says, received ${kindOf(list)}`);
  if (list.length !== length) throw wrong(path, `expected a list of ${length}, as its shape says, received one of ${list.length}`);
  if (axis < shape.length - 1) list.forEach((inner, i) => measure(inner, shape, axis + 1, [...path, i]));
}

function fill(out: Float32Array | Int32Array, list: readonly unknown[], { shape, axis, at }: { shape: readonly number[]; axis: number; at: number }, rule: ElementRule, path: Path): void {
  if (axis === shape.length - 1) {
    for (let i = 0; i < list.length; i++) out[at + i] = elementOf(list[i], rule) ?? refuse(list[i], rule, [...path, i]);
    return;
  }
  const size = sizeOf(shape.slice(axis + 1));
  list.forEach((inner, i) => fill(out, inner as readonly unknown[], { shape, axis: axis + 1, at: at + i * size }, rule, [...path, i]));
}

/** @returns undefined for what is no such element. */
function elementOf(value: unknown, { kind, min, max }: ElementRule): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (kind === 'float') return typeof value === 'number' ? value : nonFinite.get(value);
  const fits = typeof value === 'number' && (kind === 'boolean' ? value === 0 || value === 1 : Number.isInteger(value) && value >= min && value <= max);
  return fits ? value : undefined;
}

/** JSON has no such numbers: they are read as they are answered. */
const nonFinite: ReadonlyMap<unknown, number> = new Map([['NaN', NaN], ['Infinity', Infinity], ['-Infinity', -Infinity]]);

function refuse(value: unknown, { kind, min, max }: ElementRule, path: Path): never {
  const expected = { boolean: 'true, false, 0 or 1', integer: `an integer from ${min} to ${max}`, float: 'a number' }[kind];
  throw wrong(path, `expected ${expected}, received ${kindOf(value)}`);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

const wrong = (path: Path, detail: string): ApiError => invalidRequest([{ pointer: jsonPointer(path), code: 'invalid_value', detail }]);
