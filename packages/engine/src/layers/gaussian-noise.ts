import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { randomNormal } from '../ops/random.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** Adds normal noise of mean 0 and deviation `stddev` in training. */
class GaussianNoise extends ElementwiseLayer {
  override readonly className = 'GaussianNoise';
  readonly #deviation: number;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#deviation = config.number('stddev', { min: 0 });
  }

  override get drawsRandom(): boolean {
    return this.#deviation > 0;
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    if (!scope.training || !this.drawsRandom) return input;
    return tf.add(input, tf.mul(randomNormal(scope.seed(), input.shape), this.#deviation));
  }
}

export const gaussianNoise: LayerDefinition = { className: 'GaussianNoise', create: (config, options) => new GaussianNoise(config, options) };
