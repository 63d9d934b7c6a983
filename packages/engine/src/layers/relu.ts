import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { relu } from '../ops/relu.js';
import { stopGradient } from '../ops/stop-gradient.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/**
 * `negative_slope`·(x − threshold) below the threshold, x above it, at most `max_value` (Keras 2.2 and later;
 * K.relu of 2.2.4).
 */
class ReLU extends ElementwiseLayer {
  override readonly className = 'ReLU';
  readonly #maxValue: number | undefined;
  readonly #negativeSlope: number;
  readonly #threshold: number;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#maxValue = config.has('max_value') ? config.number('max_value', { min: 0 }) : undefined;
    this.#negativeSlope = this.#scalar(config, 'negative_slope');
    this.#threshold = this.#scalar(config, 'threshold');
  }

  /** tf-keras writes numpy scalars, which some of its versions store as a list of one. */
  #scalar(config: ConfigReader, name: string): number {
    const value = config.raw(name);
    return Array.isArray(value) && value.length === 1 && typeof value[0] === 'number' ? value[0] : config.number(name, { otherwise: 0 });
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    let y = this.#threshold === 0 ? relu(input) : tf.mul(input, tf.cast(tf.greater(stopGradient(input), this.#threshold), 'float32'));
    if (this.#maxValue !== undefined) y = tf.clipByValue(y, 0, this.#maxValue);
    if (this.#negativeSlope === 0) return y;
    const below = relu(this.#threshold === 0 ? tf.neg(input) : tf.sub(this.#threshold, input));
    return tf.sub(y, tf.mul(this.#negativeSlope, below));
  }
}

export const reluLayer: LayerDefinition = { className: 'ReLU', create: (config, options) => new ReLU(config, options) };
