import { concatRows, sliceRows, type NdArray } from '@trainyard/ndarray';
import type { NamedOutput, Work } from './work.js';

/**
 * Which of those who wait run together: the first, and whoever behind it asks for the same layers of rows of the same
 * shapes, as long as no one's limit is passed. Never empty where `waiting` is not.
 */
export function together<W extends { readonly work: Work }>(waiting: readonly W[]): W[] {
  const [first, ...others] = waiting;
  if (!first) return [];
  const joined = [first];
  let { rows, joinedRows: most } = first.work;
  if (rows >= most) return joined;
  for (const other of others) {
    const limit = Math.min(most, other.work.joinedRows);
    if (rows + other.work.rows > limit || !isAlike(first.work, other.work)) continue;
    joined.push(other);
    rows += other.work.rows;
    most = limit;
    if (rows === most) break;
  }
  return joined;
}

/** Whether no further request could join those. */
export function isFull(joined: readonly { readonly work: Work }[]): boolean {
  const rows = joined.reduce((sum, { work }) => sum + work.rows, 0);
  return joined.some(({ work }) => rows >= work.joinedRows);
}

function isAlike(a: Work, b: Work): boolean {
  if (a.layers?.length !== b.layers?.length || a.layers?.some((name, i) => name !== b.layers?.[i])) return false;
  return a.x.every((array, i) => isSameRow(array, b.x[i]));
}

function isSameRow(a: NdArray, b: NdArray | undefined): boolean {
  return a.dtype === b?.dtype && a.shape.length === b.shape.length && a.shape.every((dimension, axis) => axis === 0 || dimension === b.shape[axis]);
}

/** The rows of all, one request's behind another's. */
export function joinInputs(works: readonly Work[]): NdArray[] {
  const [first] = works;
  return (first?.x ?? []).map((_, i) => concatRows(works.map(({ x }) => x[i] as NdArray)));
}

/** Each request's part of what was answered for all: views. */
export function cutOutputs(outputs: readonly NamedOutput[], works: readonly Work[]): NamedOutput[][] {
  let start = 0;
  return works.map(({ rows }) => {
    const [from, to] = [start, (start += rows)];
    return outputs.map(({ name, array }) => ({ name, array: sliceRows(array, from, to) }));
  });
}
