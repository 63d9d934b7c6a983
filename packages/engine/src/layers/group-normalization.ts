import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { moments } from '../ops/moments.js';
import { normalize } from '../ops/normalize.js';
import { shapeText, type Shape } from '../shape.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/**
 * γ·(x − mean) / √(variance + ε) + β with the mean and population variance over all positions and the channels of a group
 * (Keras 2.11 and later). The channels, at `axis`, are split into `groups`; -1: a group a channel.
 */
class GroupNormalization extends ElementwiseLayer {
  override readonly className = 'GroupNormalization';
  readonly #groups: number;
  readonly #axis: number;
  readonly #epsilon: number;
  readonly #gamma: WeightConfig | undefined;
  readonly #beta: WeightConfig | undefined;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#groups = config.integer('groups', { otherwise: 32 });
    if (this.#groups !== -1 && this.#groups < 1) throw config.refuse('groups', '-1 or an integer of at least 1');
    this.#axis = config.integer('axis', { otherwise: -1 });
    if (this.#axis === 0) throw config.refuse('axis', 'an axis that is not the batch (0)');
    this.#epsilon = config.number('epsilon', { min: 0, otherwise: 1e-3 });
    this.#gamma = config.boolean('scale', true) ? readWeight(config, 'gamma', 'ones') : undefined;
    this.#beta = config.boolean('center', true) ? readWeight(config, 'beta', 'zeros') : undefined;
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const shape = [this.requireDimension(inputShape, this.#axis)];
    return [this.#gamma, this.#beta].flatMap((weight) => (weight ? [{ ...weight, shape }] : []));
  }

  override outputShape(inputShape: Shape): Shape {
    const channels = this.requireDimension(inputShape, this.#axis);
    if (this.#groups !== -1 && channels % this.#groups !== 0)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (GroupNormalization): expected a number of channels that is a multiple of its ${this.#groups} groups, received ${shapeText(inputShape)}`);
    return inputShape;
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    const axis = this.#axis < 0 ? input.rank + this.#axis : this.#axis;
    const channels = input.shape[axis] ?? 1;
    const groups = this.#groups === -1 ? channels : this.#groups;
    const split = (shape: readonly number[], at: readonly [number, number]): number[] => [...shape.slice(0, axis), ...at, ...shape.slice(axis + 1)];
    const grouped = tf.reshape(input, split(input.shape, [groups, channels / groups]));
    const others = grouped.shape.map((_, i) => i).filter((i) => i !== 0 && i !== axis);
    const ones = input.shape.map(() => 1);
    const weight = (config: WeightConfig | undefined): tf.Tensor | undefined => config && tf.reshape(scope.weight(config.name), split(ones, [groups, channels / groups]));
    const y = normalize(grouped, { ...moments(grouped, others), epsilon: this.#epsilon, gamma: weight(this.#gamma), beta: weight(this.#beta) });
    return tf.reshape(y, input.shape);
  }
}

export const groupNormalization: LayerDefinition = { className: 'GroupNormalization', create: (config, options) => new GroupNormalization(config, options) };
