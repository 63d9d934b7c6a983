import type { TensorInfo } from '@tensorflow/tfjs-core';

import type { Kernel } from './kernel.js';

/**
 * The product of matrices by `MatMul`, of batches of them by `BatchMatMulV2`. tfjs-node takes the latter for both: it rounds
 * otherwise than Keras's `MatMul`, and TensorFlow fuses only `MatMul` with the bias and activation that follow it.
 */
export const matMul: Kernel<{ a: TensorInfo; b: TensorInfo }, { transposeA: boolean; transposeB: boolean }> = {
  kernelName: 'BatchMatMul',
  kernelFunc: ({ inputs: { a, b }, attrs: { transposeA, transposeB }, backend }) => {
    const { TF_ATTR_BOOL, TF_ATTR_TYPE } = backend.binding;
    const matrices = a.shape.length === 2 && b.shape.length === 2;
    const [op, first, second] = matrices ? ['MatMul', 'transpose_a', 'transpose_b'] : ['BatchMatMulV2', 'adj_x', 'adj_y'];
    const attributes = [
      { name: 'T', type: TF_ATTR_TYPE, value: backend.getDTypeInteger(a.dtype) },
      { name: first, type: TF_ATTR_BOOL, value: transposeA },
      { name: second, type: TF_ATTR_BOOL, value: transposeB },
    ];
    return backend.executeSingleOutput(op, attributes, [a, b]);
  },
};
