import * as tf from '@tensorflow/tfjs-core';

import { EAGER_BACKEND, GRAPH_BACKEND } from '../eager/node-backend.js';
import { biasAdd, biasAddGrad } from './bias-add.js';
import { gatherV2 } from './gather.js';
import type { Kernel } from './kernel.js';
import { statelessRandomNormal, statelessRandomUniform, statelessTruncatedNormal } from './random.js';
import { reluGrad } from './relu-grad.js';

/** The engine's own kernels: both backends have them. */
const kernels: readonly Kernel[] = [biasAdd, biasAddGrad, reluGrad, statelessRandomNormal, statelessRandomUniform, statelessTruncatedNormal];

/** Kernels of tfjs-node that read tensors on the host, which a trace cannot. */
const tracedInstead: readonly Kernel[] = [gatherV2];

/** Registers the kernels of this package. */
export function registerKernels(): void {
  for (const kernel of kernels) for (const backendName of [EAGER_BACKEND, GRAPH_BACKEND]) register(kernel, backendName);
  for (const kernel of tracedInstead) {
    tf.unregisterKernel(kernel.kernelName, GRAPH_BACKEND);
    register(kernel, GRAPH_BACKEND);
  }
}

function register({ kernelName, kernelFunc }: Kernel, backendName: string): void {
  tf.registerKernel({ kernelName, backendName, kernelFunc: kernelFunc as unknown as tf.KernelFunc });
}
