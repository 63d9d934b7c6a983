import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { relu } from '../ops/relu.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/**
 * max(x, 0) − α·max(−x, 0), Keras 2.0's form: where x is 0 the gradient is 0, which TensorFlow's LeakyRelu has as α.
 * Keras 3 calls α `negative_slope`.
 */
class LeakyReLU extends ElementwiseLayer {
  override readonly className = 'LeakyReLU';
  readonly #alpha: number;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#alpha = config.number(config.has('negative_slope') ? 'negative_slope' : 'alpha', { otherwise: 0.3 });
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return this.#alpha === 0 ? relu(input) : tf.sub(relu(input), tf.mul(this.#alpha, relu(tf.neg(input))));
  }
}

export const leakyRelu: LayerDefinition = { className: 'LeakyReLU', create: (config, options) => new LeakyReLU(config, options) };
