import { encodeNpz, type NdArray, nestedOf, sizeOf, sliceRows } from '@trainyard/ndarray';
import type { PredictorAnswer, PredictorRequest } from '@trainyard/protocol';
import type { NamedOutput } from '../models/served-model.js';

/** Answers by row (`predictions`) to rows, by column (`outputs`) to anything else; by name where there are several. */
export function toJson(tensors: PredictorRequest['tensors'], outputs: readonly NamedOutput[]): PredictorAnswer {
  const [only] = outputs;
  if (!('instances' in tensors)) return { outputs: outputs.length === 1 && only ? nestedOf(only.array) : Object.fromEntries(outputs.map(({ name, array }) => [name, nestedOf(array)])) };
  if (outputs.length === 1 && only) return { predictions: nestedOf(only.array) as unknown[] };
  const rows = only?.array.shape[0] ?? 0;
  return { predictions: Array.from({ length: rows }, (_, row) => Object.fromEntries(outputs.map(({ name, array }) => [name, nestedOf(rowOf(array, row))]))) };
}

export function toNpz(outputs: readonly NamedOutput[]): Uint8Array {
  return encodeNpz(outputs.map(({ name, array }) => [name, array] as const));
}

/**
 * Keras's `predict_classes`: the index of the largest value of the last axis; where that has one value only, whether it
 * is above one half, as 0 or 1 in the same shape.
 */
export function toClasses({ shape, data }: NdArray): NdArray {
  const width = shape.at(-1) ?? 1;
  if (width === 1) return { dtype: 'int32', shape, data: Int32Array.from({ length: data.length }, (_, i) => (Number(data[i]) > 0.5 ? 1 : 0)) };
  const outer = shape.slice(0, -1);
  const classes = Int32Array.from({ length: sizeOf(outer) }, (_, row) => {
    let best = 0;
    for (let i = 1; i < width; i++) if (Number(data[row * width + i]) > Number(data[row * width + best])) best = i;
    return best;
  });
  return { dtype: 'int32', shape: outer, data: classes };
}

function rowOf(array: NdArray, row: number): NdArray {
  return { ...sliceRows(array, row, row + 1), shape: array.shape.slice(1) };
}
