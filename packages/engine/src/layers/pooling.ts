import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { shapeText, type Shape } from '../shape.js';
import { type DataFormat, inChannelsLast, outputLength, type Padding, readDataFormat, spatialAxes } from './convolution.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

/** A window's maximum or mean over two or three axes, channels last. */
interface Pool {
  readonly over2: (x: tf.Tensor4D, size: [number, number], strides: [number, number], padding: Padding) => tf.Tensor;
  readonly over3: (x: tf.Tensor5D, size: [number, number, number], strides: [number, number, number], padding: Padding) => tf.Tensor;
}

const max: Pool = {
  over2: (x, size, strides, padding) => tf.maxPool(x, size, strides, padding),
  over3: (x, size, strides, padding) => tf.maxPool3d(x, size, strides, padding),
};

/** With padding `same` the mean leaves the padding out. */
const average: Pool = {
  over2: (x, size, strides, padding) => tf.avgPool(x, size, strides, padding),
  over3: (x, size, strides, padding) => tf.avgPool3d(x, size, strides, padding),
};

class Pooling extends SingleInputLayer {
  readonly #size: readonly number[];
  readonly #strides: readonly number[];
  readonly #padding: Padding;
  readonly #format: DataFormat;

  constructor(
    override readonly className: string,
    private readonly pool: Pool,
    private readonly axes: number,
    config: ConfigReader,
    options: LayerOptions,
  ) {
    super(options);
    this.#size = config.integers('pool_size', axes, { min: 1, otherwise: 2 });
    this.#strides = config.has('strides') ? config.integers('strides', axes, { min: 1 }) : this.#size;
    this.#padding = config.oneOf('padding', ['valid', 'same'], 'valid');
    this.#format = readDataFormat(config);
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    const shape = [...inputShape];
    spatialAxes(this.#format, this.axes).forEach((axis, i) => {
      shape[axis] = outputLength(inputShape[axis] ?? null, this.#size[i] ?? 1, this.#padding, this.#strides[i] ?? 1);
    });
    if (shape.some((length) => length !== null && length < 1))
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): a window of (${this.#size.join(', ')}) does not fit into an input of ${shapeText(inputShape)}`);
    return shape;
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return inChannelsLast(input, this.#format, (x) => this.#pool(x));
  }

  #pool(x: tf.Tensor): tf.Tensor {
    const { over2, over3 } = this.pool;
    const [[size = 1], [stride = 1]] = [this.#size, this.#strides];
    if (this.axes === 1) return tf.squeeze(over2(tf.expandDims(x, 2), [size, 1], [stride, 1], this.#padding), [2]);
    if (this.axes === 2) return over2(x as tf.Tensor4D, this.#size as [number, number], this.#strides as [number, number], this.#padding);
    return over3(x as tf.Tensor5D, this.#size as [number, number, number], this.#strides as [number, number, number], this.#padding);
  }
}

const definition = (className: string, pool: Pool, axes: number): LayerDefinition => ({ className, create: (config, options) => new Pooling(className, pool, axes, config, options) });

export const maxPooling1d = definition('MaxPooling1D', max, 1);
export const maxPooling2d = definition('MaxPooling2D', max, 2);
export const maxPooling3d = definition('MaxPooling3D', max, 3);
export const averagePooling1d = definition('AveragePooling1D', average, 1);
export const averagePooling2d = definition('AveragePooling2D', average, 2);
export const averagePooling3d = definition('AveragePooling3D', average, 3);
