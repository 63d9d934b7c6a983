import type * as tf from '@tensorflow/tfjs-core';

import { type Activation, readActivation } from '../activations/activation.js';
import type { ConfigReader } from '../config/config-reader.js';
import { biasAdd } from '../ops/bias-add.js';
import { readRegularizer, type Regularizer } from '../regularizers/regularizer.js';
import type { CallScope, WeightSpec } from './layer.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/** What Dense and the convolutions do with the product of their input and their kernel: bias, activation, activity penalty. */
export class KernelOutput {
  readonly #bias: WeightConfig | undefined;
  readonly #activation: Activation | undefined;
  readonly #activityRegularizer: Regularizer | undefined;

  /** Reads `use_bias`, `bias_…`, `activation` and `activity_regularizer`. */
  constructor(config: ConfigReader) {
    this.#bias = config.boolean('use_bias', true) ? readWeight(config, 'bias', 'zeros') : undefined;
    this.#activation = readActivation(config, 'activation');
    this.#activityRegularizer = readRegularizer(config, 'activity_regularizer');
  }

  /** The bias as the weights after the kernels: one, or none. */
  weights(shape: readonly number[]): WeightSpec[] {
    return this.#bias ? [{ ...this.#bias, shape }] : [];
  }

  /** Adds the bias by `add`; where there is none, the product as it is. */
  withBias(scope: CallScope, product: tf.Tensor, add: (product: tf.Tensor, bias: tf.Tensor) => tf.Tensor = biasAdd): tf.Tensor {
    return this.#bias ? add(product, scope.weight('bias')) : product;
  }

  /** The layer's output: activated, its penalty added to the model's loss. */
  finish(scope: CallScope, y: tf.Tensor): tf.Tensor {
    const output = this.#activation ? this.#activation(y) : y;
    if (this.#activityRegularizer) scope.addLoss(this.#activityRegularizer.penalty(output));
    return output;
  }
}
