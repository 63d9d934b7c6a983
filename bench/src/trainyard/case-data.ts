import type { RandomStream } from '@trainyard/engine';
import { type NdArray, ndarray, sizeOf } from '@trainyard/ndarray';

import type { ArraySpec } from '../cases.js';

/** An array by a case's description: what bench/peers/case_data.py makes for the peers. */
export function makeArray(spec: ArraySpec, rows: number, random: RandomStream): NdArray {
  const shape = [rows, ...spec.shape];
  const size = sizeOf(shape);
  const data = spec.dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
  switch (spec.kind) {
    case 'uniform':
      return ndarray(spec.dtype, shape, data.map(() => random.uniform()));
    case 'integers':
      return ndarray(spec.dtype, shape, data.map(() => spec.low + random.below(spec.high - spec.low)));
    case 'binary':
      return ndarray(spec.dtype, shape, data.map(() => random.below(2)));
    case 'one_hot': {
      const classes = shape.at(-1) ?? 1;
      for (let start = 0; start < size; start += classes) data[start + random.below(classes)] = 1;
      return ndarray(spec.dtype, shape, data);
    }
    default:
      return spec satisfies never;
  }
}
