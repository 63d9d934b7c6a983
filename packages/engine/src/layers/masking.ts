import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { stopGradient } from '../ops/stop-gradient.js';
import type { Shape } from '../shape.js';
import type { CallScope, LayerOptions, Mask } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

/** Masks the steps all of whose features equal `mask_value`, and sets them to 0. */
class Masking extends SingleInputLayer {
  override readonly className = 'Masking';
  readonly #maskValue: number;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#maskValue = config.number('mask_value', { otherwise: 0 });
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override get masksOutput(): boolean {
    return true;
  }

  override outputShape(inputShape: Shape): Shape {
    return inputShape;
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return tf.mul(input, tf.cast(this.#kept(input, true), 'float32'));
  }

  override computeMasks([input]: readonly tf.Tensor[]): Mask[] {
    return [input && this.#kept(input, false)];
  }

  #kept(input: tf.Tensor, keepDims: boolean): tf.Tensor {
    return tf.any(tf.notEqual(stopGradient(input), this.#maskValue), -1, keepDims);
  }
}

export const masking: LayerDefinition = { className: 'Masking', create: (config, options) => new Masking(config, options) };
