import type { Tensor } from '@tensorflow/tfjs-core';

import { kernels, runKernel } from './kernels.js';

/**
 * Random numbers as a pure function of `seed` (int32 [2]): drawn inside the graph, the same on every run with the same
 * seed. tfjs's own are drawn in JavaScript, and a trace would freeze them into a constant.
 */
export function randomUniform(seed: Tensor, shape: readonly number[]): Tensor {
  return runKernel(kernels.statelessRandomUniform, { seed }, { shape: [...shape] });
}

export function randomNormal(seed: Tensor, shape: readonly number[]): Tensor {
  return runKernel(kernels.statelessRandomNormal, { seed }, { shape: [...shape] });
}

/** Normal, redrawn beyond two standard deviations. */
export function truncatedNormal(seed: Tensor, shape: readonly number[]): Tensor {
  return runKernel(kernels.statelessTruncatedNormal, { seed }, { shape: [...shape] });
}
