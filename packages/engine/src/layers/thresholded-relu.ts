import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { stopGradient } from '../ops/stop-gradient.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** x where it is above `theta`, 0 elsewhere. */
class ThresholdedReLU extends ElementwiseLayer {
  override readonly className = 'ThresholdedReLU';
  readonly #theta: number;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#theta = config.number('theta', { otherwise: 1 });
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return tf.mul(input, tf.cast(tf.greater(stopGradient(input), this.#theta), 'float32'));
  }
}

export const thresholdedRelu: LayerDefinition = { className: 'ThresholdedReLU', create: (config, options) => new ThresholdedReLU(config, options) };
