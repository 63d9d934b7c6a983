import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { rowSize, shapeText, type Shape } from '../shape.js';
import type { CallScope, LayerOptions } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

/** Gives each row the shape `target_shape`, in which one dimension may be -1: whatever is left. */
class Reshape extends SingleInputLayer {
  override readonly className = 'Reshape';
  readonly #target: readonly number[];

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#target = config.dimensions('target_shape', { allowInferred: true });
    if (this.#target.filter((dimension) => dimension === -1).length > 1) throw config.refuse('target_shape', 'at most one -1');
  }

  override outputShape(inputShape: Shape): Shape {
    const batch = inputShape[0] ?? null;
    const size = rowSize(inputShape);
    if (size === undefined) return [batch, ...this.#target.map((dimension) => (dimension === -1 ? null : dimension))];
    const known = this.#target.filter((dimension) => dimension !== -1).reduce((product, dimension) => product * dimension, 1);
    const inferred = this.#target.includes(-1);
    if (inferred ? size % known !== 0 : size !== known)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (Reshape): expected an input that fills (${this.#target.join(', ')}), received ${shapeText(inputShape)}`);
    return [batch, ...this.#target.map((dimension) => (dimension === -1 ? size / known : dimension))];
  }

  override callOn(_scope: CallScope, input: tf.Tensor): tf.Tensor {
    return tf.reshape(input, [input.shape[0] ?? 1, ...this.#target]);
  }
}

export const reshape: LayerDefinition = { className: 'Reshape', create: (config, options) => new Reshape(config, options) };
