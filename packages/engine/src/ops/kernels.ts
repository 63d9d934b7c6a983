import * as tf from '@tensorflow/tfjs-core';

/**
 * Names of the kernels that tfjs has no op for. Each runtime registers them: the oracle in `register-cpu-kernels.ts`,
 * libtensorflow in `@trainyard/tensorflow`.
 */
export const kernels = {
  /** `{seed: int32 [2]}`, `{shape}` → float32 in [0, 1) */
  statelessRandomUniform: 'StatelessRandomUniform',
  /** `{seed}`, `{shape}` → float32, mean 0, deviation 1 */
  statelessRandomNormal: 'StatelessRandomNormal',
  /** `{seed}`, `{shape}` → the same, redrawn beyond two deviations */
  statelessTruncatedNormal: 'StatelessTruncatedNormal',
  /** `[sequences, states, constants]`, `ScanAttributes` → last states and what the steps kept: see scan.ts */
  scan: 'Scan',
  /** `{x}` → Q of x = Q·R, R's diagonal positive; x [rows, columns] with rows ≥ columns */
  orthogonalFactor: 'OrthogonalFactor',
  /** `{dy, y}` → dy where y > 0, else 0 */
  reluGrad: 'ReluGrad',
  /** `{dy, y}` → dy · y · (1 − y) */
  sigmoidGrad: 'SigmoidGrad',
  /** `{dy, y}` → dy · (1 − y²) */
  tanhGrad: 'TanhGrad',
  /** `{dy, y}` → −dy · y³ / 2 */
  rsqrtGrad: 'RsqrtGrad',
  /** `{}`, `{value}` → a float32 scalar that a graph's optimizer does not take for a constant */
  unfoldedScalar: 'UnfoldedScalar',
  /** `{x, bias}` → x + bias along the last axis */
  biasAdd: 'BiasAdd',
  /** `{dy}` → dy summed over all axes but the last */
  biasAddGrad: 'BiasAddGrad',
} as const;

/** Runs a kernel that answers one tensor. */
export function runKernel(name: string, inputs: Record<string, tf.Tensor>, attributes: tf.NamedAttrMap = {}): tf.Tensor {
  return tf.engine().runKernel(name, inputs, attributes);
}
