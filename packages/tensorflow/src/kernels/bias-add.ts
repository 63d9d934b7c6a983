import type { TensorInfo } from '@tensorflow/tfjs-core';

import type { NodeJSKernelBackend } from '../eager/node-backend.js';
import type { Kernel } from './kernel.js';

function attributes(backend: NodeJSKernelBackend, tensor: TensorInfo) {
  const { binding } = backend;
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: backend.getDTypeInteger(tensor.dtype) },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
  ];
}

/** `x` of shape [..., c] plus `bias` of shape [c]. */
export const biasAdd: Kernel<{ x: TensorInfo; bias: TensorInfo }> = {
  kernelName: 'BiasAdd',
  kernelFunc: ({ inputs: { x, bias }, backend }) => backend.executeSingleOutput('BiasAdd', attributes(backend, x), [x, bias]),
};

/** The gradient of the bias: the sum of `dy`, of shape [..., c], over all but the last axis. */
export const biasAddGrad: Kernel<{ dy: TensorInfo }> = {
  kernelName: 'BiasAddGrad',
  kernelFunc: ({ inputs: { dy }, backend }) => backend.executeSingleOutput('BiasAddGrad', attributes(backend, dy), [dy]),
};
