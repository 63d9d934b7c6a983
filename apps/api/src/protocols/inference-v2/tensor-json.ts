import { invalidRequest, jsonPointer, type ApiError } from '@trainyard/protocol';

/** What an element may be. */
export interface ElementRule {
  readonly kind: 'boolean' | 'integer' | 'float';
  readonly min: number;
  readonly max: number;
}

type Path = readonly (string | number)[];

/**
 * Copies a tensor's `data`, lists of lists of its shape or one flat list of all elements in C order, to where the elements belong.
 *
 * @throws ApiError that points to the list or element that is wrong.
 */
export function fillFromJson(out: Float32Array | Int32Array, data: unknown, shape: readonly number[], rule: ElementRule, path: Path): void {
  if (!Array.isArray(data)) throw wrong(path, `expected a list, received ${kindOf(data)}`);
  const flat = shape.length !== 1 && !Array.isArray(data[0]);
  if (shape.length > 1 && !flat) fillNested(out, data, { shape, axis: 0, at: 0 }, rule, path);
  else fillRow(out, data, { length: out.length, at: 0 }, rule, path);
}

function fillNested(out: Float32Array | Int32Array, list: readonly unknown[], { shape, axis, at }: { shape: readonly number[]; axis: number; at: number }, rule: ElementRule, path: Path): void {
  const length = shape[axis] ?? 0;
  if (axis === shape.length - 1) return fillRow(out, list, { length, at }, rule, path);
  if (list.length !== length) throw wrong(path, `expected a list of ${length}, as its shape says, received one of ${list.length}`);
  const size = shape.slice(axis + 1).reduce((product, dimension) => product * dimension, 1);
  list.forEach((inner, i) => {
    if (!Array.isArray(inner)) throw wrong([...path, i], `expected a list of ${shape[axis + 1] ?? 0}, as its shape says, received ${kindOf(inner)}`);
    fillNested(out, inner, { shape, axis: axis + 1, at: at + i * size }, rule, [...path, i]);
  });
}

function fillRow(out: Float32Array | Int32Array, list: readonly unknown[], { length, at }: { length: number; at: number }, rule: ElementRule, path: Path): void {
  if (list.length !== length) throw wrong(path, `expected a list of ${length}, as its shape says, received one of ${list.length}`);
  for (let i = 0; i < length; i++) out[at + i] = elementOf(list[i], rule) ?? refuse(list[i], rule, [...path, i]);
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
