import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { repeat } from '../ops/repeat.js';
import type { Shape } from '../shape.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

/** [batch, features] → [batch, n, features]. */
class RepeatVector extends SingleInputLayer {
  override readonly className = 'RepeatVector';
  readonly #n: number;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#n = config.integer('n', { min: 1 });
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, 2);
    return [inputShape[0] ?? null, this.#n, inputShape[1] ?? null];
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return repeat(tf.expandDims(input, 1), 1, this.#n);
  }
}

export const repeatVector: LayerDefinition = { className: 'RepeatVector', create: (config, options) => new RepeatVector(config, options) };
