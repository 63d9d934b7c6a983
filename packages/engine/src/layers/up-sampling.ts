import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { repeat } from '../ops/repeat.js';
import { resizeBilinear } from '../ops/resize-bilinear.js';
import type { Shape } from '../shape.js';
import { type DataFormat, inChannelsLast, readDataFormat, spatialAxes } from './convolution.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

/**
 * Repeats each position `size` times along each spatial axis; with `interpolation` bilinear (UpSampling2D, Keras 2.2.3 and
 * later) positions between are interpolated.
 */
class UpSampling extends SingleInputLayer {
  readonly #size: readonly number[];
  readonly #format: DataFormat;
  readonly #bilinear: boolean;
  readonly #halfPixelCenters: boolean;

  constructor(
    override readonly className: string,
    private readonly axes: number,
    config: ConfigReader,
    options: LayerOptions,
  ) {
    super(options);
    this.#size = config.integers('size', axes, { min: 1, otherwise: 2 });
    this.#bilinear = config.oneOf('interpolation', axes === 2 ? ['nearest', 'bilinear'] : ['nearest'], 'nearest') === 'bilinear';
    this.#halfPixelCenters = !/^2\.[0-3]\.(?!.*tf)/.test(config.kerasVersion);
    this.#format = readDataFormat(config);
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    const shape = [...inputShape];
    spatialAxes(this.#format, this.axes).forEach((axis, i) => {
      const length = inputShape[axis] ?? null;
      shape[axis] = length === null ? null : length * (this.#size[i] ?? 1);
    });
    return shape;
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    if (this.axes === 2) return inChannelsLast(input, this.#format, (x) => this.#resize(x));
    return spatialAxes(this.#format, this.axes).reduce((x, axis, i) => repeat(x, axis, this.#size[i] ?? 1), input);
  }

  /** TensorFlow has one op for images. */
  #resize(x: tf.Tensor): tf.Tensor {
    const [rows = 1, columns = 1] = this.#size;
    if (this.#bilinear) return resizeBilinear(x, [1, 2], [rows, columns], this.#halfPixelCenters);
    return tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [(x.shape[1] ?? 0) * rows, (x.shape[2] ?? 0) * columns]);
  }
}

const definition = (className: string, axes: number): LayerDefinition => ({ className, create: (config, options) => new UpSampling(className, axes, config, options) });

export const upSampling1d = definition('UpSampling1D', 1);
export const upSampling2d = definition('UpSampling2D', 2);
export const upSampling3d = definition('UpSampling3D', 3);
