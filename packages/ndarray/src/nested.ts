import { sizeOf, type NdArray } from './ndarray.js';

/**
 * Lists of lists of an array's elements: what JSON shows. JSON has no numbers that are not finite: they become the texts
 * `"NaN"`, `"Infinity"`, `"-Infinity"`.
 */
export function nestedOf({ shape, data }: NdArray): unknown {
  const build = (axis: number, at: number): unknown => {
    if (axis === shape.length) return jsonNumber(Number(data[at]));
    const size = sizeOf(shape.slice(axis + 1));
    return Array.from({ length: shape[axis] ?? 0 }, (_, i) => build(axis + 1, at + i * size));
  };
  return build(0, 0);
}

function jsonNumber(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}
