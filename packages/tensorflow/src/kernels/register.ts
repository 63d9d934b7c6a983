import * as tf from '@tensorflow/tfjs-core';

import { EAGER_BACKEND, GRAPH_BACKEND } from '../eager/node-backend.js';
import { reluGrad, rsqrtGrad, sigmoidGrad, tanhGrad } from './activation-gradients.js';
import { biasAdd, biasAddGrad } from './bias-add.js';
import { gatherV2 } from './gather.js';
import { matMul } from './mat-mul.js';
import type { Kernel } from './kernel.js';
import { orthogonalFactor } from './orthogonal-factor.js';
import { statelessRandomNormal, statelessRandomUniform, statelessTruncatedNormal } from './random.js';
import { round } from './round.js';
import { scan } from './scan.js';
import { softmax } from './softmax.js';
import { unfoldedScalar } from './unfolded-scalar.js';

/** The engine's own kernels: both backends have them. */
const kernels: readonly Kernel[] = [
  biasAdd,
  biasAddGrad,
  orthogonalFactor,
  reluGrad,
  rsqrtGrad,
  sigmoidGrad,
  tanhGrad,
  statelessRandomNormal,
  statelessRandomUniform,
  statelessTruncatedNormal,
  unfoldedScalar,
];

/** tfjs-node's kernels that answer wrongly: replaced for both backends. */
const corrected: readonly Kernel[] = [round];

/** tfjs-node's kernels that read tensors on the host, which a trace cannot, or that a graph has a better op for. */
const tracedInstead: readonly Kernel[] = [gatherV2, matMul, softmax];

/** Kernels that only a trace has: eager ops are not run in loops. */
const traced: readonly Kernel[] = [scan];

/** Registers the kernels of this package. */
export function registerKernels(): void {
  for (const kernel of kernels) for (const backendName of [EAGER_BACKEND, GRAPH_BACKEND]) register(kernel, backendName);
  for (const kernel of traced) register(kernel, GRAPH_BACKEND);
  for (const kernel of corrected) for (const backendName of [EAGER_BACKEND, GRAPH_BACKEND]) replace(kernel, backendName);
  for (const kernel of tracedInstead) replace(kernel, GRAPH_BACKEND);
}

function replace(kernel: Kernel, backendName: string): void {
  tf.unregisterKernel(kernel.kernelName, backendName);
  register(kernel, backendName);
}

function register({ kernelName, kernelFunc }: Kernel, backendName: string): void {
  tf.registerKernel({ kernelName, backendName, kernelFunc: kernelFunc as unknown as tf.KernelFunc });
}
