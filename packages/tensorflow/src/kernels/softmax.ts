import type { TensorInfo } from '@tensorflow/tfjs-core';

import { tracingBindingOf } from '../graph/backend-internals.js';
import type { Kernel } from './kernel.js';

/** Elements up to which the two ops below are faster than oneDNN's one. */
const SMALL = 16_384;

/**
 * Softmax over the last axis. TensorFlow's graph optimizer replaces `Softmax` on a CPU by oneDNN's `_MklSoftmax`, which takes
 * 120 µs for 128×10 where Eigen takes 11; of `LogSoftmax` it has no such kernel, so in a step that may round otherwise than
 * Keras's small ones are exp(log softmax): an MLP 20-64-64-10 trains in 0.19 ms a step instead of 0.41.
 */
export const softmax: Kernel<{ logits: TensorInfo }, { dim: number }> = {
  kernelName: 'Softmax',
  kernelFunc: ({ inputs: { logits }, attrs: { dim }, backend }) => {
    if (dim !== -1 && dim !== logits.shape.length - 1) throw new Error(`softmax: expected the last axis, received axis ${dim}`);
    const type = { name: 'T', type: backend.binding.TF_ATTR_TYPE, value: backend.getDTypeInteger(logits.dtype) };
    const { relaxed } = tracingBindingOf(backend).trace;
    if (!relaxed || logits.shape.reduce((size, dimension) => size * dimension, 1) > SMALL) return backend.executeSingleOutput('Softmax', [type], [logits]);
    return backend.executeSingleOutput('Exp', [type], [backend.executeSingleOutput('LogSoftmax', [type], [logits])]);
  },
};
