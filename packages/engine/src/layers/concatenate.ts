import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { shapeText, type Shape } from '../shape.js';
import { Layer, type CallScope, type LayerOptions, type Mask } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** Its inputs one after the other along `axis`; all other dimensions agree. */
class Concatenate extends Layer {
  override readonly className = 'Concatenate';
  readonly #axis: number;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#axis = config.integer('axis', { otherwise: -1 });
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [first, ...others] = inputShapes;
    const received = inputShapes.map(shapeText).join(', ');
    if (!first || others.length === 0)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (Concatenate): expected at least 2 inputs, received ${inputShapes.length}`);
    const axis = this.#axis < 0 ? first.length + this.#axis : this.#axis;
    if (axis < 0 || axis >= first.length)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (Concatenate): axis ${this.#axis} is not one of inputs of ${received}`);
    for (const shape of others) {
      const agrees = shape.length === first.length && shape.every((dimension, i) => i === axis || dimension === null || first[i] === null || dimension === first[i]);
      if (!agrees) throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (Concatenate): expected inputs that agree in all axes but ${this.#axis}, received ${received}`);
    }
    const along = inputShapes.map((shape) => shape[axis] ?? null);
    const total = along.includes(null) ? null : (along as number[]).reduce((sum, length) => sum + length, 0);
    return [first.map((dimension, i) => (i === axis ? total : dimension))];
  }

  override call(_scope: CallScope, inputs: readonly tf.Tensor[]): tf.Tensor[] {
    return [tf.concat([...inputs], this.#axis < 0 ? (inputs[0]?.rank ?? 0) + this.#axis : this.#axis)];
  }

  /** Keras: masks are concatenated as the inputs are (a missing one counts as all ones), then a step is kept if all of it is. */
  override computeMasks(inputs: readonly tf.Tensor[], masks: readonly Mask[]): Mask[] {
    if (masks.every((mask) => mask === undefined)) return [undefined];
    const parts = inputs.map((input, i) => {
      const mask = masks[i];
      if (!mask) return tf.cast(tf.onesLike(input), 'bool');
      return mask.rank < input.rank ? tf.logicalAnd(tf.expandDims(mask, -1), tf.cast(tf.onesLike(input), 'bool')) : mask;
    });
    return [tf.all(tf.concat(parts, this.#axis < 0 ? (inputs[0]?.rank ?? 0) + this.#axis : this.#axis), -1)];
  }
}

export const concatenate: LayerDefinition = { className: 'Concatenate', create: (config, options) => new Concatenate(config, options) };
