import * as tf from '@tensorflow/tfjs-core';
import { FormatError, isKeras1 } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { l2Normalize } from '../ops/l2-normalize.js';
import { shapeText, type Shape } from '../shape.js';
import { Layer, type CallScope, type LayerOptions, type Mask } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/**
 * The product of two inputs, summed over one axis of each, row by row: [batch, …a's others, …b's others]. With `normalize`
 * both are first scaled to length 1 along that axis: cosine similarity.
 */
class Dot extends Layer {
  override readonly className = 'Dot';
  readonly #axes: readonly [number, number];
  readonly #normalize: boolean;
  /** Of Keras 1, whose Merge by `cos` divides by other lengths where an input has more than two dimensions. */
  readonly #onlyVectors: boolean;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    const axes = config.raw('axes');
    const [first, second, ...more] = Array.isArray(axes) ? axes : [axes, axes];
    if (!isAxis(first) || !isAxis(second) || more.length > 0) throw config.refuse('axes', 'an axis or a pair of axes, the batch (0) not among them');
    this.#axes = [first, second];
    this.#normalize = config.boolean('normalize', false);
    this.#onlyVectors = this.#normalize && isKeras1(config.kerasVersion);
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override get stopsMask(): boolean {
    return true;
  }

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [first, second] = inputShapes;
    if (!first || !second || inputShapes.length !== 2) throw this.#refuse('exactly 2 inputs', inputShapes);
    if (this.#onlyVectors && (first.length > 2 || second.length > 2)) throw this.#refuse('vectors, for the mode cos of Keras 1', inputShapes);
    const [i, j] = this.#axesOf(first.length, second.length);
    if (first.length < 2 || second.length < 2 || i < 1 || j < 1 || i >= first.length || j >= second.length)
      throw this.#refuse(`inputs with the axes ${this.#axes.join(' and ')}`, inputShapes);
    if (first[i] !== second[j]) throw this.#refuse(`inputs of the same length along the axes ${i} and ${j}`, inputShapes);
    const others = [...without(first, i).slice(1), ...without(second, j).slice(1)];
    return [[first[0] ?? null, ...(others.length === 0 ? [1] : others)]];
  }

  override call(_scope: CallScope, inputs: readonly tf.Tensor[]): tf.Tensor[] {
    let [a, b] = inputs as [tf.Tensor, tf.Tensor];
    const [i, j] = this.#axesOf(a.rank, b.rank);
    if (this.#normalize) [a, b] = [l2Normalize(a, i), l2Normalize(b, j)];
    if (a.rank === 2 && b.rank === 2) return [tf.sum(tf.mul(a, b), 1, true)];
    const product = tf.matMul(asRows(a, i), asRows(b, j), false, true);
    return [tf.reshape(product, [...without(a.shape, i), ...without(b.shape, j).slice(1)])];
  }

  override computeMasks(): Mask[] {
    return [undefined];
  }

  #axesOf(first: number, second: number): [number, number] {
    const [i, j] = this.#axes;
    return [i < 0 ? first + i : i, j < 0 ? second + j : j];
  }

  #refuse(expected: string, inputShapes: readonly Shape[]): FormatError {
    return new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (Dot): expected ${expected}, received ${inputShapes.map(shapeText).join(', ')}`);
  }
}

function isAxis(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value !== 0;
}

function without<T>(list: readonly T[], at: number): T[] {
  return list.filter((_, i) => i !== at);
}

/** [batch, all other entries, `axis`]. */
function asRows(x: tf.Tensor, axis: number): tf.Tensor3D {
  const order = [...without(x.shape.map((_, i) => i), axis), axis];
  const moved = axis === x.rank - 1 ? x : tf.transpose(x, order);
  return tf.reshape(moved, [x.shape[0] ?? 1, -1, x.shape[axis] ?? 1]);
}

export const dot: LayerDefinition = { className: 'Dot', create: (config, options) => new Dot(config, options) };
