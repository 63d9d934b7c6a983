import type * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { dropOut } from '../ops/drop-out.js';
import type { Shape } from '../shape.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

/** Sets a share `rate` of its input to 0 in training and scales the rest by 1 / (1 − rate). */
export class Dropout extends SingleInputLayer {
  override readonly className: string = 'Dropout';
  readonly #rate: number;
  readonly #noiseShape: readonly (number | null)[] | undefined;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    // Keras 2.0 clips the rate into [0, 1] and drops nothing at either end.
    this.#rate = Math.min(1, Math.max(0, config.number('rate')));
    this.#noiseShape = config.shape('noise_shape');
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override get drawsRandom(): boolean {
    return this.#rate > 0 && this.#rate < 1;
  }

  override outputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    return scope.training && this.drawsRandom ? dropOut(input, this.#rate, scope.seed(), this.noiseShape(input)) : input;
  }

  /** The shape in which entries are kept or dropped: where it has a 1, together. */
  protected noiseShape(input: tf.Tensor): readonly number[] {
    return this.#noiseShape?.map((dimension, axis) => dimension ?? input.shape[axis] ?? 1) ?? input.shape;
  }
}

export const dropout: LayerDefinition = { className: 'Dropout', create: (config, options) => new Dropout(config, options) };
