import type { NdArray } from '@trainyard/ndarray';

import type { TfOutput } from '../library/native.js';

/** tfjs writes the same axes, shapes and hyperparameters again and again; larger constants are compared by nobody. */
const LARGEST = 64;

/** Constants of a graph by their value, so that equal ones are one node. */
export class ConstantCache {
  readonly #nodes = new Map<string, TfOutput>();

  get(value: NdArray, create: () => TfOutput): TfOutput {
    if (value.data.length > LARGEST) return create();
    const { buffer, byteOffset, byteLength } = value.data;
    // By bytes, not numbers: 0 and -0 are different constants, and NaN equals itself.
    const key = `${value.dtype} ${value.shape.join()} ${Buffer.from(buffer, byteOffset, byteLength).toString('latin1')}`;
    const known = this.#nodes.get(key);
    if (known) return known;
    const node = create();
    this.#nodes.set(key, node);
    return node;
  }
}
