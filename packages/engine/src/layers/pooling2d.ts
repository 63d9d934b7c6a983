import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { shapeText, type Shape } from '../shape.js';
import { type DataFormat, inChannelsLast, outputLength, type Padding, readDataFormat, spatialAxes } from './convolution.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

type PoolOp = (x: tf.Tensor4D, size: [number, number], strides: [number, number], padding: Padding) => tf.Tensor;

/** A window's maximum or mean; with padding `same` the mean leaves the padding out (TensorFlow's AvgPool). */
class Pooling2D extends SingleInputLayer {
  readonly #size: number[];
  readonly #strides: number[];
  readonly #padding: Padding;
  readonly #format: DataFormat;

  constructor(
    override readonly className: string,
    private readonly op: PoolOp,
    config: ConfigReader,
    options: LayerOptions,
  ) {
    super(options);
    this.#size = config.integers('pool_size', 2, { min: 1, otherwise: 2 });
    this.#strides = config.has('strides') ? config.integers('strides', 2, { min: 1 }) : this.#size;
    this.#padding = config.oneOf('padding', ['valid', 'same'], 'valid');
    this.#format = readDataFormat(config);
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, 4);
    const shape = [...inputShape];
    spatialAxes(this.#format).forEach((axis, i) => {
      shape[axis] = outputLength(inputShape[axis] ?? null, this.#size[i] ?? 1, this.#padding, this.#strides[i] ?? 1);
    });
    if (shape.some((length) => length !== null && length < 1))
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): a window of (${this.#size.join(', ')}) does not fit into an input of ${shapeText(inputShape)}`);
    return shape;
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return inChannelsLast(input, this.#format, (x) => this.op(x, this.#size as [number, number], this.#strides as [number, number], this.#padding));
  }
}

export const maxPooling2d: LayerDefinition = {
  className: 'MaxPooling2D',
  create: (config, options) => new Pooling2D('MaxPooling2D', (x, size, strides, padding) => tf.maxPool(x, size, strides, padding), config, options),
};

export const averagePooling2d: LayerDefinition = {
  className: 'AveragePooling2D',
  create: (config, options) => new Pooling2D('AveragePooling2D', (x, size, strides, padding) => tf.avgPool(x, size, strides, padding), config, options),
};
