import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { moments } from '../ops/moments.js';
import { normalize } from '../ops/normalize.js';
import type { Shape } from '../shape.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/**
 * γ·(x − mean) / √(variance + ε) + β with the mean and population variance of each row along `axis` (Keras 2.4 and later).
 * γ and β have the lengths of those axes.
 */
class LayerNormalization extends ElementwiseLayer {
  override readonly className = 'LayerNormalization';
  readonly #axes: readonly number[];
  readonly #epsilon: number;
  readonly #gamma: WeightConfig | undefined;
  readonly #beta: WeightConfig | undefined;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    const axis = config.raw('axis') ?? -1;
    const axes = Array.isArray(axis) ? axis : [axis];
    if (axes.length === 0 || !axes.every((entry) => typeof entry === 'number' && Number.isSafeInteger(entry) && entry !== 0))
      throw config.refuse('axis', 'an axis or a list of axes, the batch (0) not among them');
    this.#axes = axes as number[];
    if (config.boolean('rms_scaling', false)) throw config.refuse('rms_scaling', 'false');
    this.#epsilon = config.number('epsilon', { min: 0, otherwise: 1e-3 });
    this.#gamma = config.boolean('scale', true) ? readWeight(config, 'gamma', 'ones') : undefined;
    this.#beta = config.boolean('center', true) ? readWeight(config, 'beta', 'zeros') : undefined;
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const shape = this.#positive(inputShape.length).map((axis) => this.requireDimension(inputShape, axis));
    return [this.#gamma, this.#beta].flatMap((weight) => (weight ? [{ ...weight, shape }] : []));
  }

  #positive(rank: number): number[] {
    return this.#axes.map((axis) => (axis < 0 ? rank + axis : axis)).sort((a, b) => a - b);
  }

  override outputShape(inputShape: Shape): Shape {
    for (const axis of this.#axes) this.requireDimension(inputShape, axis);
    return inputShape;
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    const axes = this.#positive(input.rank);
    const shape = input.shape.map((length, axis) => (axes.includes(axis) ? length : 1));
    const weight = (config: WeightConfig | undefined): tf.Tensor | undefined => config && tf.reshape(scope.weight(config.name), shape);
    return normalize(input, { ...moments(input, axes), epsilon: this.#epsilon, gamma: weight(this.#gamma), beta: weight(this.#beta) });
  }
}

export const layerNormalization: LayerDefinition = { className: 'LayerNormalization', create: (config, options) => new LayerNormalization(config, options) };
