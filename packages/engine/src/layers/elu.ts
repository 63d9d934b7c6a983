import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { stopGradient } from '../ops/stop-gradient.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** x where it is positive, α(eˣ − 1) elsewhere. */
class ELU extends ElementwiseLayer {
  override readonly className = 'ELU';
  readonly #alpha: number;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#alpha = config.number('alpha', { otherwise: 1 });
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    const y = tf.elu(input);
    return this.#alpha === 1 ? y : tf.where(tf.greater(stopGradient(input), 0), y, tf.mul(this.#alpha, y));
  }
}

export const elu: LayerDefinition = { className: 'ELU', create: (config, options) => new ELU(config, options) };
