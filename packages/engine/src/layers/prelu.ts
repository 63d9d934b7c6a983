import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { relu } from '../ops/relu.js';
import type { Shape } from '../shape.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/** max(x, 0) − α·max(−x, 0) with a learned α for each entry of a row, shared along `shared_axes` (counted from 1). */
class PReLU extends ElementwiseLayer {
  override readonly className = 'PReLU';
  readonly #alpha: WeightConfig;
  readonly #sharedAxes: readonly number[];

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#alpha = readWeight(config, 'alpha', 'zeros');
    const axes = config.raw('shared_axes');
    if (config.has('shared_axes')) this.#sharedAxes = typeof axes === 'number' ? [config.integer('shared_axes', { min: 1 })] : config.dimensions('shared_axes');
    else this.#sharedAxes = [];
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const shape = inputShape.slice(1).map((_, i) => (this.#sharedAxes.includes(i + 1) ? 1 : this.requireDimension(inputShape, i + 1)));
    return [{ ...this.#alpha, shape }];
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    return tf.add(relu(input), tf.mul(tf.neg(scope.weight('alpha')), relu(tf.neg(input))));
  }
}

export const prelu: LayerDefinition = { className: 'PReLU', create: (config, options) => new PReLU(config, options) };
