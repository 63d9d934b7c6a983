import { allocate, concatRows, gatherRows, sizeOf, sliceRows, type DType, type NdArray, type TypedArray } from '@trainyard/ndarray';
import type { Lookups } from './binding/lookups.js';
import { lookUp } from './columns/look-up.js';
import type { ArraySpec, DatasetArrays } from './dataset.js';

/** The same change of every array. @param change is told the array's place among those of `arraysOf` */
export function mapArrays(arrays: DatasetArrays, change: (array: NdArray, index: number) => NdArray): DatasetArrays {
  const { x, y, sampleWeight } = arrays;
  let next = 0;
  const changeNext = (array: NdArray): NdArray => change(array, next++);
  const changed = { x: x.map(changeNext), y: y.map(changeNext) };
  return sampleWeight ? { ...changed, sampleWeight: sampleWeight.map((array) => array && changeNext(array)) } : changed;
}

/** All arrays in one list. */
export function arraysOf({ x, y, sampleWeight = [] }: DatasetArrays): NdArray[] {
  return [...x, ...y, ...sampleWeight.flatMap((array) => array ?? [])];
}

export function countRows({ x }: DatasetArrays): number {
  return x[0]?.shape[0] ?? 0;
}

/** The values of all arrays of which there are bytes still. */
export function lookedUp(arrays: DatasetArrays, lookups: Lookups): DatasetArrays {
  return mapArrays(arrays, (array, i) => {
    const values = lookups[i];
    return values ? { ...array, dtype: 'float32', data: lookUp(array.data as Uint8Array, values) } : array;
  });
}

/** Rows `[start, end)`, as views. */
export function slice(arrays: DatasetArrays, start: number, end: number): DatasetArrays {
  return mapArrays(arrays, (array) => sliceRows(array, start, end));
}

/** The rows named by `order[start, end)`, copied. */
export function gather(arrays: DatasetArrays, order: Uint32Array, start: number, end: number): DatasetArrays {
  return mapArrays(arrays, (array) => gatherRows(array, order, start, end));
}

/** The rows of all parts, one after another; the part itself where there is one. */
export function concat(parts: readonly DatasetArrays[]): DatasetArrays {
  const [first] = parts;
  if (!first) throw new RangeError('expected at least one part, received none');
  if (parts.length === 1) return first;
  const column = (pick: (part: DatasetArrays) => NdArray | undefined) => concatRows(parts.flatMap((part) => pick(part) ?? []));
  const joined = { x: first.x.map((_, i) => column((part) => part.x[i])), y: first.y.map((_, i) => column((part) => part.y[i])) };
  if (!first.sampleWeight) return joined;
  return { ...joined, sampleWeight: first.sampleWeight.map((array, i) => array && column((part) => part.sampleWeight?.[i])) };
}

/** Arrays of a known number of rows, filled from front to back: what is read is copied once, and never held twice. */
export class RowsBuilder {
  private readonly arrays: { name: string; dtype: DType; shape: readonly number[]; data: TypedArray; at: number }[];

  /** @param lookups of the arrays: of some the parts hold bytes still */
  constructor(
    specs: readonly ArraySpec[],
    private readonly rows: number,
    private readonly lookups: Lookups = [],
  ) {
    this.arrays = specs.map(({ name, dtype, shape }) => ({ name, dtype, shape, data: allocate(dtype, rows * sizeOf(shape)), at: 0 }));
  }

  add(parts: readonly NdArray[]): void {
    for (const [i, target] of this.arrays.entries()) {
      const part = parts[i];
      if (!part) throw new RangeError(`expected rows of ${target.name}, received none`);
      const values = this.lookups[i];
      if (values) lookUp(part.data as Uint8Array, values, target.data as Float32Array, target.at);
      else target.data.set(part.data as never, target.at); // one dtype: the table's type was compared with the spec
      target.at += part.data.length;
    }
  }

  build(): NdArray[] {
    return this.arrays.map(({ dtype, shape, data }) => ({ dtype, shape: [this.rows, ...shape], data }));
  }
}
