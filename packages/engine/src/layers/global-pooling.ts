import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import type { Shape } from '../shape.js';
import { type DataFormat, readDataFormat, spatialAxes } from './convolution.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

type Reduce = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor;

/** The maximum or mean of each channel over all positions. */
class GlobalPooling extends SingleInputLayer {
  readonly #format: DataFormat;
  readonly #keepDims: boolean;

  constructor(
    override readonly className: string,
    private readonly reduce: Reduce,
    private readonly axes: number,
    config: ConfigReader,
    options: LayerOptions,
  ) {
    super(options);
    this.#format = readDataFormat(config);
    this.#keepDims = config.boolean('keepdims', false);
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    const axes = spatialAxes(this.#format, this.axes);
    if (this.#keepDims) return inputShape.map((dimension, axis) => (axes.includes(axis) ? 1 : dimension));
    return inputShape.filter((_, axis) => !axes.includes(axis));
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return this.reduce(input, [...spatialAxes(this.#format, this.axes)], this.#keepDims);
  }
}

const max: Reduce = (x, axes, keepDims) => tf.max(x, axes, keepDims);
const average: Reduce = (x, axes, keepDims) => tf.mean(x, axes, keepDims);

const definition = (className: string, reduce: Reduce, axes: number): LayerDefinition => ({
  className,
  create: (config, options) => new GlobalPooling(className, reduce, axes, config, options),
});

export const globalMaxPooling1d = definition('GlobalMaxPooling1D', max, 1);
export const globalMaxPooling2d = definition('GlobalMaxPooling2D', max, 2);
export const globalMaxPooling3d = definition('GlobalMaxPooling3D', max, 3);
export const globalAveragePooling1d = definition('GlobalAveragePooling1D', average, 1);
export const globalAveragePooling2d = definition('GlobalAveragePooling2D', average, 2);
export const globalAveragePooling3d = definition('GlobalAveragePooling3D', average, 3);
