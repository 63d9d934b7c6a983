import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

import type { Kernel } from './kernel.js';

/**
 * Q of x = Q·R for x of shape [rows, columns] with rows ≥ columns, the signs such that R's diagonal is positive: then Q is
 * unique, and of a normal x it is distributed evenly over all matrices of orthonormal columns. tfjs builds its qr of
 * thousands of small ops.
 */
export const orthogonalFactor: Kernel<{ x: TensorInfo }> = {
  kernelName: 'OrthogonalFactor',
  kernelFunc: ({ inputs: { x }, backend }) => {
    const { TF_ATTR_BOOL, TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
    const type = { name: 'T', type: TF_ATTR_TYPE, value: TF_FLOAT };
    const factors = backend.executeMultipleOutputs('Qr', [type, { name: 'full_matrices', type: TF_ATTR_BOOL, value: false }], [x], 2);
    const [q, r] = factors as [Tensor, Tensor];
    const diagonal = backend.executeSingleOutput('MatrixDiagPart', [type], [r]);
    const signs = backend.executeSingleOutput('Sign', [type], [diagonal]);
    const signed = backend.executeSingleOutput('Mul', [type], [q, signs]);
    for (const tensor of [q, r, diagonal, signs]) tensor.dispose();
    return signed;
  },
};
