import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

import type { NodeJSKernelBackend } from '../eager/node-backend.js';

/** A tfjs kernel over tfjs-node's backend: the same for ops that run and ops that are traced. */
export interface Kernel<Inputs = never, Attributes = never> {
  readonly kernelName: string;
  readonly kernelFunc: (call: { inputs: Inputs; attrs: Attributes; backend: NodeJSKernelBackend }) => Tensor | TensorInfo | (Tensor | TensorInfo)[];
}
