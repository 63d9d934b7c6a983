import type * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { l2Normalize } from '../ops/l2-normalize.js';
import type { Shape } from '../shape.js';
import { ElementwiseLayer } from './elementwise-layer.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** Its input scaled to length 1 along an axis or several (Keras 2.8 and later). */
class UnitNormalization extends ElementwiseLayer {
  override readonly className = 'UnitNormalization';
  readonly #axes: number[];

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    const axes = [config.raw('axis') ?? -1].flat();
    if (axes.length === 0 || !axes.every((axis) => typeof axis === 'number' && Number.isSafeInteger(axis))) throw config.refuse('axis', 'an axis or a list of axes');
    this.#axes = axes as number[];
  }

  override outputShape(inputShape: Shape): Shape {
    for (const axis of this.#axes) if (axis >= inputShape.length || axis < -inputShape.length) this.requireDimension(inputShape, axis);
    return inputShape;
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return l2Normalize(input, this.#axes);
  }
}

export const unitNormalization: LayerDefinition = { className: 'UnitNormalization', create: (config, options) => new UnitNormalization(config, options) };
