import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import type { Shape } from '../shape.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

/** Orders the dimensions of a row anew: `dims` are those of the input, counted from 1. */
class Permute extends SingleInputLayer {
  override readonly className = 'Permute';
  readonly #order: readonly number[];

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    const dims = config.dimensions('dims');
    if ([...dims].sort((a, b) => a - b).some((dim, i) => dim !== i + 1)) throw config.refuse('dims', `each of 1 to ${dims.length} once`);
    this.#order = [0, ...dims];
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.#order.length);
    return this.#order.map((axis) => inputShape[axis] ?? null);
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return tf.transpose(input, [...this.#order]);
  }
}

export const permute: LayerDefinition = { className: 'Permute', create: (config, options) => new Permute(config, options) };
