import { encodeNpz, type NdArray, nestedOf, sizeOf } from '@trainyard/ndarray';
import type { PredictorAnswer } from '@trainyard/protocol';
import type { NamedOutput } from '../batching/work.js';

/** @param show an output as JSON: a list with an entry for each row */
export function toJson(outputs: readonly NamedOutput[], show: (output: NamedOutput) => unknown = ({ array }) => nestedOf(array)): PredictorAnswer {
  const shown = outputs.map((output) => [output.name, show(output) as unknown[]] as const);
  const [only] = shown;
  return { outputs: shown.length === 1 && only ? only[1] : Object.fromEntries(shown) };
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
