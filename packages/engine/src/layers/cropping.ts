import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { shapeText, type Shape } from '../shape.js';
import { type DataFormat, readDataFormat, spatialAxes } from './convolution.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { type Margin, readMargins } from './margins.js';
import { SingleInputLayer } from './single-input-layer.js';

/** Cuts positions off both ends of each spatial axis. */
class Cropping extends SingleInputLayer {
  readonly #margins: readonly Margin[];
  readonly #format: DataFormat;

  constructor(
    override readonly className: string,
    private readonly axes: number,
    config: ConfigReader,
    options: LayerOptions,
  ) {
    super(options);
    // Keras's default of Cropping2D is nothing, of the others one position at each end.
    this.#margins = readMargins(config, 'cropping', axes, axes === 2 ? 0 : 1);
    this.#format = readDataFormat(config);
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    const shape = [...inputShape];
    spatialAxes(this.#format, this.axes).forEach((axis, i) => {
      const [before, after] = this.#margins[i] as Margin;
      const length = inputShape[axis] ?? null;
      shape[axis] = length === null ? null : length - before - after;
    });
    if (shape.some((length) => length !== null && length < 1))
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): cropping (${this.#margins.map((margin) => `(${margin.join(', ')})`).join(', ')}) leaves nothing of an input of ${shapeText(inputShape)}`);
    return shape;
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    const begin = input.shape.map(() => 0);
    const size = [...input.shape];
    spatialAxes(this.#format, this.axes).forEach((axis, i) => {
      const [before, after] = this.#margins[i] as Margin;
      begin[axis] = before;
      size[axis] = (input.shape[axis] ?? 0) - before - after;
    });
    return tf.slice(input, begin, size);
  }
}

const definition = (className: string, axes: number): LayerDefinition => ({ className, create: (config, options) => new Cropping(className, axes, config, options) });

export const cropping1d = definition('Cropping1D', 1);
export const cropping2d = definition('Cropping2D', 2);
export const cropping3d = definition('Cropping3D', 3);
