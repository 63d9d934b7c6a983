import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { frozenNormalization, isKeras3 } from '../config/keras-version.js';
import { readInitializer } from '../initializers/registry.js';
import { moments } from '../ops/moments.js';
import { normalize } from '../ops/normalize.js';
import type { Shape } from '../shape.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/**
 * γ·(x − mean) / √(variance + ε) + β along `axis`. In training with the batch's own mean and population variance, which
 * also move the averages: a ← a − (1 − momentum)(a − batch's); a frozen layer does both in Keras 2.0, and not in later ones.
 */
class BatchNormalization extends SingleInputLayer {
  override readonly className = 'BatchNormalization';
  readonly #axis: number;
  readonly #momentum: number;
  readonly #epsilon: number;
  readonly #center: boolean;
  readonly #scale: boolean;
  readonly #inTurn: boolean;
  readonly #frozen: ReturnType<typeof frozenNormalization>;
  readonly #specs: readonly WeightConfig[];

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    const axis = config.raw('axis');
    this.#axis = Array.isArray(axis) && axis.length === 1 && typeof axis[0] === 'number' ? axis[0] : config.integer('axis', { otherwise: -1 });
    this.#momentum = config.number('momentum', { otherwise: 0.99 });
    this.#epsilon = config.number('epsilon', { otherwise: 1e-3 });
    this.#center = config.boolean('center', true);
    this.#scale = config.boolean('scale', true);
    this.#inTurn = isKeras3(config.kerasVersion);
    this.#frozen = this.trainable ? 'trains' : frozenNormalization(config.kerasVersion);
    this.#specs = [
      ...(this.#scale ? [readWeight(config, 'gamma', 'ones')] : []),
      ...(this.#center ? [readWeight(config, 'beta', 'zeros')] : []),
      { name: 'moving_mean', initializer: readInitializer(config, 'moving_mean_initializer', 'zeros'), trainable: false },
      { name: 'moving_variance', initializer: readInitializer(config, 'moving_variance_initializer', 'ones'), trainable: false },
    ];
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const shape = [this.requireDimension(inputShape, this.#axis)];
    return this.#specs.map((spec) => ({ ...spec, shape }));
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireDimension(inputShape, this.#axis);
    return inputShape;
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    const axis = this.#axis < 0 ? input.rank + this.#axis : this.#axis;
    const along = (values: tf.Tensor): tf.Tensor =>
      axis === input.rank - 1 ? values : tf.reshape(values, input.shape.map((length, i) => (i === axis ? length : 1)));
    if (!scope.training || this.#frozen === 'predicts') return this.#normalize(scope, input, along(scope.weight('moving_mean')), along(scope.weight('moving_variance')), along);
    const others = input.shape.map((_, i) => i).filter((i) => i !== axis);
    const { mean, variance } = moments(input, others);
    if (this.#frozen === 'trains') {
      this.#move(scope, 'moving_mean', mean);
      this.#move(scope, 'moving_variance', variance);
    }
    return this.#normalize(scope, input, mean, variance, along);
  }

  #move(scope: CallScope, name: string, batch: tf.Tensor): void {
    // In a shared layer each call moves the average from where the step found it (Keras 2.0: the calls' updates read the
    // variable before either writes it); in Keras 3 from where the call before has left it.
    const average = this.#inTurn ? scope.weight(name) : scope.before(name);
    const value = tf.reshape(batch, average.shape);
    scope.assign(name, tf.sub(scope.weight(name), tf.mul(tf.sub(average, value), 1 - this.#momentum)));
  }

  #normalize(scope: CallScope, input: tf.Tensor, mean: tf.Tensor, variance: tf.Tensor, along: (values: tf.Tensor) => tf.Tensor): tf.Tensor {
    const gamma = this.#scale ? along(scope.weight('gamma')) : undefined;
    const beta = this.#center ? along(scope.weight('beta')) : undefined;
    return normalize(input, { mean, variance, epsilon: this.#epsilon, gamma, beta });
  }
}

export const batchNormalization: LayerDefinition = { className: 'BatchNormalization', create: (config, options) => new BatchNormalization(config, options) };
