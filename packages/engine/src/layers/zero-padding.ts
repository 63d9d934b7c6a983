import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import type { Shape } from '../shape.js';
import { type DataFormat, readDataFormat, spatialAxes } from './convolution.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { type Margin, readMargins } from './margins.js';
import { SingleInputLayer } from './single-input-layer.js';

/** Adds zeros at both ends of each spatial axis. */
class ZeroPadding extends SingleInputLayer {
  readonly #margins: readonly Margin[];
  readonly #format: DataFormat;

  constructor(
    override readonly className: string,
    private readonly axes: number,
    config: ConfigReader,
    options: LayerOptions,
  ) {
    super(options);
    this.#margins = readMargins(config, 'padding', axes, 1);
    this.#format = readDataFormat(config);
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    const shape = [...inputShape];
    spatialAxes(this.#format, this.axes).forEach((axis, i) => {
      const [before, after] = this.#margins[i] as Margin;
      const length = inputShape[axis] ?? null;
      shape[axis] = length === null ? null : length + before + after;
    });
    return shape;
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    const pads = input.shape.map((): [number, number] => [0, 0]);
    spatialAxes(this.#format, this.axes).forEach((axis, i) => {
      pads[axis] = [...(this.#margins[i] as Margin)];
    });
    return tf.pad(input, pads);
  }
}

const definition = (className: string, axes: number): LayerDefinition => ({ className, create: (config, options) => new ZeroPadding(className, axes, config, options) });

export const zeroPadding1d = definition('ZeroPadding1D', 1);
export const zeroPadding2d = definition('ZeroPadding2D', 2);
export const zeroPadding3d = definition('ZeroPadding3D', 3);
