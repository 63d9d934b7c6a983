import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { lookUp } from '../config/identifier.js';
import { isKeras3 } from '../config/keras-version.js';
import { relu } from '../ops/relu.js';

/** An elementwise function, or one along the last axis (softmax). Formulas: Keras 2.0's activations.py. */
export type Activation = (x: tf.Tensor) => tf.Tensor;

/** Keras 2's: clip(0.2x + 0.5, 0, 1). Keras 3's is clip(x/6 + 0.5, 0, 1). */
const hardSigmoid = (kerasVersion: string): Activation =>
  isKeras3(kerasVersion)
    ? (x) => tf.clipByValue(tf.add(tf.div(x, 6), 0.5), 0, 1)
    : (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1);

const silu: Activation = (x) => tf.mul(x, tf.sigmoid(x));

const factories: ReadonlyMap<string, (kerasVersion: string) => Activation> = new Map<string, (kerasVersion: string) => Activation>([
  ['linear', () => (x) => x],
  ['relu', () => relu],
  ['sigmoid', () => (x) => tf.sigmoid(x)],
  ['tanh', () => (x) => tf.tanh(x)],
  ['softmax', () => (x) => tf.softmax(x)],
  ['hard_sigmoid', hardSigmoid],
  ['softplus', () => (x) => tf.softplus(x)],
  ['softsign', () => (x) => tf.div(x, tf.add(tf.abs(x), 1))],
  ['elu', () => (x) => tf.elu(x)],
  ['selu', () => (x) => tf.selu(x)],
  ['exponential', () => (x) => tf.exp(x)],
  // Of later versions.
  ['swish', () => silu],
  ['silu', () => silu],
  ['gelu', () => (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1))],
  ['mish', () => (x) => tf.mul(x, tf.tanh(tf.softplus(x)))],
  ['relu6', () => (x) => tf.clipByValue(x, 0, 6)],
  ['leaky_relu', () => (x) => tf.leakyRelu(x, 0.2)],
  ['log_softmax', () => (x) => tf.logSoftmax(x)],
]);

/** Names of the activations that a layer may have. */
export function supportedActivations(): string[] {
  return [...factories.keys()];
}

/** The activation in a layer's field; `undefined` for linear, so that callers can skip it. */
export function readActivation(reader: ConfigReader, name: string, otherwise = 'linear'): Activation | undefined {
  const value = reader.string(name, otherwise);
  const activation = lookUp(factories, value, 'activation', reader.at(name))(reader.kerasVersion);
  return value === 'linear' ? undefined : activation;
}
