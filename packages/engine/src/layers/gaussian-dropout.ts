import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { randomNormal } from '../ops/random.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** Multiplies with normal noise of mean 1 and deviation √(rate / (1 − rate)) in training. */
class GaussianDropout extends ElementwiseLayer {
  override readonly className = 'GaussianDropout';
  readonly #rate: number;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#rate = config.number('rate');
  }

  /** Keras 2.0 leaves the input alone at rates outside of (0, 1). */
  override get drawsRandom(): boolean {
    return this.#rate > 0 && this.#rate < 1;
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    if (!scope.training || !this.drawsRandom) return input;
    const deviation = Math.sqrt(this.#rate / (1 - this.#rate));
    return tf.mul(input, tf.add(tf.mul(randomNormal(scope.seed(), input.shape), deviation), 1));
  }
}

export const gaussianDropout: LayerDefinition = { className: 'GaussianDropout', create: (config, options) => new GaussianDropout(config, options) };
