import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import type { Shape } from '../shape.js';
import { type DataFormat, readDataFormat, spatialAxes } from './convolution.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

type Reduce = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;

/** The maximum or mean over height and width. */
class GlobalPooling2D extends SingleInputLayer {
  readonly #format: DataFormat;
  readonly #keepDims: boolean;

  constructor(
    override readonly className: string,
    private readonly reduce: Reduce,
    config: ConfigReader,
    options: LayerOptions,
  ) {
    super(options);
    this.#format = readDataFormat(config);
    this.#keepDims = config.boolean('keepdims', false);
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, 4);
    const axes = spatialAxes(this.#format);
    if (this.#keepDims) return inputShape.map((dimension, axis) => (axes.includes(axis) ? 1 : dimension));
    return inputShape.filter((_, axis) => !axes.includes(axis));
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return this.reduce(input, [...spatialAxes(this.#format)], this.#keepDims);
  }
}

export const globalMaxPooling2d: LayerDefinition = {
  className: 'GlobalMaxPooling2D',
  create: (config, options) => new GlobalPooling2D('GlobalMaxPooling2D', (x, axes, keepDims) => tf.max(x, axes, keepDims), config, options),
};

export const globalAveragePooling2d: LayerDefinition = {
  className: 'GlobalAveragePooling2D',
  create: (config, options) => new GlobalPooling2D('GlobalAveragePooling2D', (x, axes, keepDims) => tf.mean(x, axes, keepDims), config, options),
};
