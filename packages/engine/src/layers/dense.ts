import * as tf from '@tensorflow/tfjs-core';

import { type Activation, readActivation } from '../activations/activation.js';
import type { ConfigReader } from '../config/config-reader.js';
import { biasAdd } from '../ops/bias-add.js';
import { readRegularizer, type Regularizer } from '../regularizers/regularizer.js';
import type { Shape } from '../shape.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/** activation(x · kernel + bias) along the last axis. */
class Dense extends SingleInputLayer {
  override readonly className = 'Dense';
  readonly #units: number;
  readonly #useBias: boolean;
  readonly #activation: Activation | undefined;
  readonly #activityRegularizer: Regularizer | undefined;
  readonly #kernel: WeightConfig;
  readonly #bias: WeightConfig;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#units = config.integer('units', { min: 1 });
    this.#useBias = config.boolean('use_bias', true);
    this.#activation = readActivation(config, 'activation');
    this.#activityRegularizer = readRegularizer(config, 'activity_regularizer');
    this.#kernel = readWeight(config, 'kernel', 'glorot_uniform');
    this.#bias = readWeight(config, 'bias', 'zeros');
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const kernel = { ...this.#kernel, shape: [this.requireDimension(inputShape, -1), this.#units] };
    return this.#useBias ? [kernel, { ...this.#bias, shape: [this.#units] }] : [kernel];
  }

  override outputShape(inputShape: Shape): Shape {
    if (inputShape.length < 2) this.requireRank(inputShape, 2);
    this.requireDimension(inputShape, -1);
    return [...inputShape.slice(0, -1), this.#units];
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    const kernel = scope.weight('kernel') as tf.Tensor2D;
    const x = tf.cast(input, 'float32');
    const rows = x.rank === 2 ? x : tf.reshape(x, [-1, kernel.shape[0]]);
    let y: tf.Tensor = tf.matMul(rows, kernel);
    if (this.#useBias) y = biasAdd(y, scope.weight('bias'));
    if (x.rank !== 2) y = tf.reshape(y, [...x.shape.slice(0, -1), this.#units]);
    if (this.#activation) y = this.#activation(y);
    if (this.#activityRegularizer) scope.addLoss(this.#activityRegularizer.penalty(y));
    return y;
  }
}

export const dense: LayerDefinition = { className: 'Dense', create: (config, options) => new Dense(config, options) };
