import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { isKeras3 } from '../config/keras-version.js';
import { kernels, runKernel } from '../ops/kernels.js';
import { type Activation, readActivation } from './activation.js';

/** An activation whose gradient is had from its output: all that a recurrent step needs to keep. */
export interface GateActivation {
  readonly apply: Activation;
  readonly gradient: (this: void, dy: tf.Tensor, y: tf.Tensor) => tf.Tensor;
  /** False where an output depends on more than the one input at its place: gates must then be taken one by one. */
  readonly elementwise: boolean;
}

type OutputGradient = GateActivation['gradient'];

/** selu's scale and scale · alpha (Klambauer et al., 2017). */
const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473766;

const slope = (kerasVersion: string): number => (isKeras3(kerasVersion) ? 1 / 6 : 0.2);

const gradients: ReadonlyMap<string, (kerasVersion: string) => OutputGradient> = new Map<string, (kerasVersion: string) => OutputGradient>([
  ['linear', () => (dy) => dy],
  ['relu', () => (dy, y) => runKernel(kernels.reluGrad, { dy, y })],
  ['sigmoid', () => (dy, y) => runKernel(kernels.sigmoidGrad, { dy, y })],
  ['tanh', () => (dy, y) => runKernel(kernels.tanhGrad, { dy, y })],
  ['softmax', () => (dy, y) => tf.mul(tf.sub(dy, tf.sum(tf.mul(dy, y), -1, true)), y)],
  ['hard_sigmoid', (kerasVersion) => (dy, y) => tf.mul(dy, tf.mul(tf.cast(tf.logicalAnd(tf.greater(y, 0), tf.less(y, 1)), 'float32'), slope(kerasVersion)))],
  // y = ln(1 + e^x), so e^x / (1 + e^x) = 1 − e^−y.
  ['softplus', () => (dy, y) => tf.mul(dy, tf.neg(tf.expm1(tf.neg(y))))],
  // y = x / (1 + |x|), so 1 / (1 + |x|) = 1 − |y|.
  ['softsign', () => (dy, y) => tf.mul(dy, tf.square(tf.sub(1, tf.abs(y))))],
  ['elu', () => (dy, y) => tf.mul(dy, tf.where(tf.greater(y, 0), tf.onesLike(y), tf.add(y, 1)))],
  ['selu', () => (dy, y) => tf.mul(dy, tf.where(tf.greater(y, 0), tf.fill(y.shape, SELU_SCALE), tf.add(y, SELU_SCALE_ALPHA)))],
  ['exponential', () => (dy, y) => tf.mul(dy, y)],
]);

/** Names of the activations that a recurrent layer may have. */
export function supportedGateActivations(): string[] {
  return [...gradients.keys()];
}

/**
 * The activation in a recurrent layer's field.
 * @throws FormatError for a name that is no activation, or one whose gradient is not had from its output.
 */
export function readGateActivation(reader: ConfigReader, name: string, otherwise: string): GateActivation {
  const apply = readActivation(reader, name, otherwise) ?? ((x: tf.Tensor) => x);
  const activation = reader.string(name, otherwise);
  const gradient = gradients.get(activation);
  if (!gradient) throw reader.refuse(name, `one of ${[...gradients.keys()].join(', ')}`);
  return { apply, gradient: gradient(reader.kerasVersion), elementwise: activation !== 'softmax' };
}
