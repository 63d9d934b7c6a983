import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { attentionMask, maskedSoftmax } from '../ops/attention.js';
import { shapeText, type Shape } from '../shape.js';
import { AttentionLayer } from './attention-layer.js';
import type { CallArguments, CallScope, LayerOptions, Mask, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/**
 * Attention of several heads (Vaswani et al., 2017), Keras 2.4 and later: called on the query [batch, T, …], the value
 * [batch, S, …] and, where it is not the value, the key. Each is projected to [batch, heads, steps, width]; a head's output
 * is softmax(q·kᵀ/√key_dim)·v, and all heads' are projected together. The mask is the query's.
 */
class MultiHeadAttention extends AttentionLayer {
  override readonly className = 'MultiHeadAttention';
  readonly #heads: number;
  readonly #keyDim: number;
  readonly #valueDim: number;
  /** Of an output step; the query's where the config has none. */
  readonly #outputShape: readonly number[] | undefined;
  readonly #kernel: WeightConfig;
  readonly #bias: WeightConfig | undefined;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(config, options);
    this.#heads = config.integer('num_heads', { min: 1 });
    this.#keyDim = config.integer('key_dim', { min: 1 });
    this.#valueDim = config.has('value_dim') ? config.integer('value_dim', { min: 1 }) : this.#keyDim;
    this.#outputShape = readOutputShape(config);
    this.#kernel = readWeight(config, 'kernel', 'glorot_uniform');
    this.#bias = config.boolean('use_bias', true) ? readWeight(config, 'bias', 'zeros') : undefined;
    const axes = config.raw('attention_axes') ?? null;
    if (axes !== null && JSON.stringify([axes].flat()) !== '[1]') throw config.refuse('attention_axes', 'null or [1]: attention over the steps');
    if (config.has('activity_regularizer')) throw config.refuse('activity_regularizer', 'null');
    for (const name of ['softmax_robust_masking', 'use_gate']) if (config.boolean(name, false)) throw config.refuse(name, 'false');
  }

  override weights(inputShapes: readonly Shape[]): readonly WeightSpec[] {
    const [query = [], value = [], key = value] = inputShapes;
    const pair = (name: string, kernel: readonly number[], bias: readonly number[]): WeightSpec[] => [
      { ...this.#kernel, name: `${name}/kernel`, shape: kernel },
      ...(this.#bias ? [{ ...this.#bias, name: `${name}/bias`, shape: bias }] : []),
    ];
    const projection = (name: string, shape: Shape, width: number): WeightSpec[] => pair(name, [this.requireDimension(shape, -1), this.#heads, width], [this.#heads, width]);
    const output = this.#outputOf(query);
    return [
      ...projection('query', query, this.#keyDim),
      ...projection('key', key, this.#keyDim),
      ...projection('value', value, this.#valueDim),
      ...pair('attention_output', [this.#heads, this.#valueDim, ...output], output),
    ];
  }

  #outputOf(query: Shape): readonly number[] {
    return this.#outputShape ?? [this.requireDimension(query, -1)];
  }

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [query = [], value = [], key = value] = inputShapes;
    const agree = inputShapes.every(({ length }) => length === 3) && (value[1] === null || key[1] === null || value[1] === key[1]);
    if (inputShapes.length < 2 || inputShapes.length > 3 || !agree)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (MultiHeadAttention): expected a query and a value of 3 dimensions, and possibly a key of as many steps as the value, received ${inputShapes.map(shapeText).join(', ')}`);
    return [[...query.slice(0, -1), ...this.#outputOf(query)]];
  }

  /** The projections, and the scores of each head before and after the softmax, and after dropout. */
  override keptPerRow([query = [], value = []]: readonly (readonly number[])[]): number {
    const [steps = 1, others = 1] = [query[0], value[0]];
    return this.#heads * (2 * steps * this.#keyDim + 2 * others * (this.#keyDim + this.#valueDim) + 3 * steps * others);
  }

  override call(scope: CallScope, inputs: readonly tf.Tensor[], masks: readonly Mask[], args: CallArguments = {}): tf.Tensor[] {
    const [query, value, key = value] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor?];
    const scale = 1 / Math.sqrt(this.#keyDim);
    const q = tf.mul(this.#project(scope, 'query', query, this.#keyDim), scale);
    const k = this.#project(scope, 'key', key, this.#keyDim);
    const v = this.#project(scope, 'value', value, this.#valueDim);
    const lengths = { query: query.shape[1] ?? 0, value: value.shape[1] ?? 0 };
    const seen = attentionMask(lengths, { query: masks[0], values: masks.slice(1) }, args['use_causal_mask'] === true);
    const weights = maskedSoftmax(tf.matMul(q, k, false, true), seen && tf.expandDims(seen, 1));
    return [this.#output(scope, tf.transpose(tf.matMul(this.dropped(scope, weights), v), [0, 2, 1, 3]))];
  }

  /** [batch, steps, features] → [batch, heads, steps, width]: one product, as TensorFlow's einsum makes it. */
  #project(scope: CallScope, name: string, x: tf.Tensor, width: number): tf.Tensor {
    const [batch = 1, steps = 1, features = 1] = x.shape;
    const kernel = tf.reshape(scope.weight(`${name}/kernel`), [features, this.#heads * width]);
    const product = tf.reshape(tf.matMul(tf.reshape(tf.cast(x, 'float32'), [-1, features]), kernel), [batch, steps, this.#heads, width]);
    return tf.transpose(this.#bias ? tf.add(product, scope.weight(`${name}/bias`)) : product, [0, 2, 1, 3]);
  }

  /** [batch, steps, heads, width] → [batch, steps, …output]. */
  #output(scope: CallScope, heads: tf.Tensor): tf.Tensor {
    const [batch = 1, steps = 1] = heads.shape;
    const kernel = scope.weight('attention_output/kernel');
    const width = this.#heads * this.#valueDim;
    const product = tf.matMul(tf.reshape(heads, [-1, width]), tf.reshape(kernel, [width, -1]));
    const y = tf.reshape(product, [batch, steps, ...kernel.shape.slice(2)]);
    return this.#bias ? tf.add(y, scope.weight('attention_output/bias')) : y;
  }
}

/** Keras takes one integer, or the dimensions of a step. */
function readOutputShape(config: ConfigReader): readonly number[] | undefined {
  if (!config.has('output_shape')) return undefined;
  return typeof config.raw('output_shape') === 'number' ? [config.integer('output_shape', { min: 1 })] : config.dimensions('output_shape');
}

export const multiHeadAttention: LayerDefinition = { className: 'MultiHeadAttention', create: (config, options) => new MultiHeadAttention(config, options) };
