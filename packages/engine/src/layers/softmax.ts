import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import type { Shape } from '../shape.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** Softmax along one axis (Keras 2.1.3 and later). */
class Softmax extends ElementwiseLayer {
  override readonly className = 'Softmax';
  readonly #axis: number;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#axis = config.integer('axis', { otherwise: -1 });
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireDimension(inputShape, this.#axis);
    return inputShape;
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    const last = input.rank - 1;
    const axis = this.#axis < 0 ? input.rank + this.#axis : this.#axis;
    if (axis === last) return tf.softmax(input);
    // Exchanging two axes is its own inverse.
    const order = input.shape.map((_, i) => (i === axis ? last : i === last ? axis : i));
    return tf.transpose(tf.softmax(tf.transpose(input, order)), order);
  }
}

export const softmax: LayerDefinition = { className: 'Softmax', create: (config, options) => new Softmax(config, options) };
