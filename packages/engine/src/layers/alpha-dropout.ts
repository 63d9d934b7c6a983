import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { randomUniform } from '../ops/random.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** −αλ of SELU (Klambauer et al. 2017): what a dropped entry becomes. */
const SATURATION = -1.6732632423543772 * 1.0507009873554805;

/** Sets a share `rate` to SELU's saturation in training, then scales and shifts so that mean 0 and variance 1 stay. */
class AlphaDropout extends ElementwiseLayer {
  override readonly className = 'AlphaDropout';
  readonly #rate: number;
  readonly #noiseShape: readonly (number | null)[] | undefined;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#rate = config.number('rate');
    this.#noiseShape = config.shape('noise_shape');
  }

  override get drawsRandom(): boolean {
    return this.#rate > 0 && this.#rate < 1;
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    if (!scope.training || !this.drawsRandom) return input;
    const rate = this.#rate;
    const shape = this.#noiseShape?.map((dimension, axis) => dimension ?? input.shape[axis] ?? 1) ?? input.shape;
    const kept = tf.cast(tf.greaterEqual(randomUniform(scope.seed(), shape), rate), 'float32');
    const scale = ((1 - rate) * (1 + rate * SATURATION ** 2)) ** -0.5;
    const x = tf.add(tf.mul(input, kept), tf.mul(tf.sub(1, kept), SATURATION));
    return tf.add(tf.mul(x, scale), -scale * SATURATION * rate);
  }
}

export const alphaDropout: LayerDefinition = { className: 'AlphaDropout', create: (config, options) => new AlphaDropout(config, options) };
