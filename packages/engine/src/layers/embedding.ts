import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { readConstraint } from '../constraints/constraint.js';
import { readInitializer } from '../initializers/registry.js';
import { readRegularizer, type Regularizer } from '../regularizers/regularizer.js';
import { shapeText, type Shape } from '../shape.js';
import type { CallScope, LayerOptions, Mask, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

/** Integers in [0, input_dim) → rows of a table; with `mask_zero`, zeros are masked. */
export class Embedding extends SingleInputLayer {
  override readonly className = 'Embedding';
  readonly inputDim: number;
  readonly #outputDim: number;
  readonly #inputLength: readonly (number | null)[] | undefined;
  readonly #activityRegularizer: Regularizer | undefined;
  readonly #table: WeightSpec;
  readonly #maskZero: boolean;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.inputDim = config.integer('input_dim', { min: 1 });
    this.#outputDim = config.integer('output_dim', { min: 1 });
    const length = config.raw('input_length');
    this.#inputLength = typeof length === 'number' ? [config.integer('input_length', { min: 1 })] : config.shape('input_length');
    this.#maskZero = config.boolean('mask_zero', false);
    this.#activityRegularizer = readRegularizer(config, 'activity_regularizer');
    this.#table = {
      name: 'embeddings',
      shape: [this.inputDim, this.#outputDim],
      initializer: readInitializer(config, 'embeddings_initializer', 'uniform'),
      regularizer: readRegularizer(config, 'embeddings_regularizer'),
      constraint: readConstraint(config, 'embeddings_constraint'),
    };
  }

  override get masksOutput(): boolean {
    return this.#maskZero;
  }

  override weights(): readonly WeightSpec[] {
    return [this.#table];
  }

  override outputShape(inputShape: Shape): Shape {
    const declared = this.#inputLength;
    if (!declared) return [...inputShape, this.#outputDim];
    const fits = declared.length === inputShape.length - 1 && declared.every((length, i) => length === null || inputShape[i + 1] === null || length === inputShape[i + 1]);
    if (!fits)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (Embedding): input_length is (${declared.map((length) => length ?? 'None').join(', ')}), received an input of ${shapeText(inputShape)}`);
    return [inputShape[0] ?? null, ...declared.map((length, i) => length ?? inputShape[i + 1] ?? null), this.#outputDim];
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    const y = tf.gather(scope.weight('embeddings'), tf.cast(input, 'int32'));
    if (this.#activityRegularizer) scope.addLoss(this.#activityRegularizer.penalty(y));
    return y;
  }

  override computeMasks(inputs: readonly tf.Tensor[]): Mask[] {
    return [this.#maskZero && inputs[0] ? tf.notEqual(inputs[0], tf.scalar(0, inputs[0].dtype as 'float32')) : undefined];
  }
}

export const embedding: LayerDefinition = { className: 'Embedding', create: (config, options) => new Embedding(config, options) };
