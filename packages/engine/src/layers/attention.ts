import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { readInitializer } from '../initializers/registry.js';
import { attentionMask, maskedSoftmax } from '../ops/attention.js';
import { shapeText, type Shape } from '../shape.js';
import { AttentionLayer } from './attention-layer.js';
import type { CallArguments, CallScope, LayerOptions, Mask, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';

/** How query [batch, T, d] and key [batch, S, d] make scores [batch, T, S]. */
interface Scoring {
  /** Shape of the weight `scale` for features of this width. */
  readonly scale: (width: number) => readonly number[];
  readonly initializer: string;
  readonly scores: (query: tf.Tensor, key: tf.Tensor, scale: tf.Tensor | undefined) => tf.Tensor;
}

/** Luong's: the dot product, times one trained number. */
const dot: Scoring = {
  scale: () => [],
  initializer: 'ones',
  scores: (query, key, scale) => {
    const product = tf.matMul(query, key, false, true);
    return scale ? tf.mul(product, scale) : product;
  },
};

/** Bahdanau's: Σ scale · tanh(q + k). */
const additive: Scoring = {
  scale: (width) => [width],
  initializer: 'glorot_uniform',
  scores: (query, key, scale) => {
    const sums = tf.tanh(tf.add(tf.expandDims(query, 2), tf.expandDims(key, 1)));
    return tf.sum(scale ? tf.mul(sums, scale) : sums, -1);
  },
};

/** Attention without projections (Keras 2.3 and later), called on the list [query, value] or [query, value, key]. The mask is the query's. */
class Attention extends AttentionLayer {
  readonly #scaled: boolean;
  readonly #causal: boolean;

  constructor(
    override readonly className: string,
    private readonly scoring: Scoring,
    private readonly config: ConfigReader,
    options: LayerOptions,
  ) {
    super(config, options);
    this.#scaled = config.boolean('use_scale', scoring === additive);
    config.oneOf('score_mode', ['dot'], 'dot');
    // An argument of the layer in early versions, of the call in later ones.
    this.#causal = config.boolean('causal', false);
  }

  override weights([, value = []]: readonly Shape[]): readonly WeightSpec[] {
    if (!this.#scaled) return [];
    const shape = this.scoring.scale(this.requireDimension(value, -1));
    return [{ name: 'scale', shape, initializer: readInitializer(this.config, 'scale_initializer', this.scoring.initializer) }];
  }

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [query = [], value = [], key = value] = inputShapes;
    const agree = inputShapes.every(({ length }) => length === 3) && query[2] === key[2] && (value[1] === null || key[1] === null || value[1] === key[1]);
    if (inputShapes.length < 2 || inputShapes.length > 3 || !agree)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): expected a query, a value and possibly a key, of 3 dimensions, query and key of the same width, key and value of as many steps, received ${inputShapes.map(shapeText).join(', ')}`);
    return [[query[0] ?? null, query[1] ?? null, value[2] ?? null]];
  }

  override call(scope: CallScope, inputs: readonly tf.Tensor[], [queryMask, valueMask]: readonly Mask[], args: CallArguments = {}): tf.Tensor[] {
    const [query, value, key = value] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor?];
    const lengths = { query: query.shape[1] ?? 0, value: value.shape[1] ?? 0 };
    const seen = attentionMask(lengths, { values: [valueMask] }, this.#causal || args['use_causal_mask'] === true);
    const weights = maskedSoftmax(this.scoring.scores(query, key, this.#scaled ? scope.weight('scale') : undefined), seen);
    const y = tf.matMul(this.dropped(scope, weights), value);
    return [queryMask ? tf.mul(y, tf.cast(tf.expandDims(queryMask, -1), 'float32')) : y];
  }
}

const definition = (className: string, scoring: Scoring): LayerDefinition => ({ className, create: (config, options) => new Attention(className, scoring, config, options) });

export const attention = definition('Attention', dot);
export const additiveAttention = definition('AdditiveAttention', additive);
