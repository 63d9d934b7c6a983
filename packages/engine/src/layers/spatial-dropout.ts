import type { Tensor } from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import type { Shape } from '../shape.js';
import { type DataFormat, readDataFormat } from './convolution.js';
import { Dropout } from './dropout.js';
import type { LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** Dropout of whole feature maps: a channel of a row is kept or dropped at all its positions. */
class SpatialDropout extends Dropout {
  readonly #format: DataFormat;

  constructor(
    override readonly className: string,
    private readonly rank: number,
    config: ConfigReader,
    options: LayerOptions,
  ) {
    super(config, options);
    this.#format = readDataFormat(config);
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.rank);
    return inputShape;
  }

  protected override noiseShape(input: Tensor): readonly number[] {
    const channels = this.#format === 'channels_first' ? 1 : input.rank - 1;
    return input.shape.map((length, axis) => (axis === 0 || axis === channels ? length : 1));
  }
}

const definition = (className: string, rank: number): LayerDefinition => ({ className, create: (config, options) => new SpatialDropout(className, rank, config, options) });

export const spatialDropout1d = definition('SpatialDropout1D', 3);
export const spatialDropout2d = definition('SpatialDropout2D', 4);
export const spatialDropout3d = definition('SpatialDropout3D', 5);
