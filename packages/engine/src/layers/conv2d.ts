import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import { type Activation, readActivation } from '../activations/activation.js';
import type { ConfigReader } from '../config/config-reader.js';
import { readConstraint } from '../constraints/constraint.js';
import { readInitializer } from '../initializers/registry.js';
import { biasAdd } from '../ops/bias-add.js';
import { dilatedConv2d } from '../ops/dilated-conv2d.js';
import { readRegularizer, type Regularizer } from '../regularizers/regularizer.js';
import { shapeText, type Shape } from '../shape.js';
import { type DataFormat, inChannelsLast, outputLength, type Padding, readDataFormat, spatialAxes } from './convolution.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';

/** 2-D convolution; the kernel is [height, width, channels in, filters] in either data format. */
class Conv2D extends SingleInputLayer {
  override readonly className = 'Conv2D';
  readonly #filters: number;
  readonly #size: readonly number[];
  readonly #strides: readonly number[];
  readonly #dilation: readonly number[];
  readonly #padding: Padding;
  readonly #format: DataFormat;
  readonly #useBias: boolean;
  readonly #activation: Activation | undefined;
  readonly #activityRegularizer: Regularizer | undefined;
  readonly #kernel: Omit<WeightSpec, 'shape'>;
  readonly #bias: Omit<WeightSpec, 'shape'>;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.#filters = config.integer('filters', { min: 1 });
    this.#size = config.integers('kernel_size', 2, { min: 1 });
    this.#strides = config.integers('strides', 2, { min: 1, otherwise: 1 });
    this.#dilation = config.integers('dilation_rate', 2, { min: 1, otherwise: 1 });
    if (this.#strides.some((stride) => stride > 1) && this.#dilation.some((rate) => rate > 1))
      throw config.refuse('dilation_rate', '1 where strides are greater than 1');
    if (config.has('groups') && config.integer('groups') !== 1) throw config.refuse('groups', '1');
    this.#padding = config.oneOf('padding', ['valid', 'same'], 'valid');
    this.#format = readDataFormat(config);
    this.#useBias = config.boolean('use_bias', true);
    this.#activation = readActivation(config, 'activation');
    this.#activityRegularizer = readRegularizer(config, 'activity_regularizer');
    this.#kernel = {
      name: 'kernel',
      initializer: readInitializer(config, 'kernel_initializer', 'glorot_uniform'),
      regularizer: readRegularizer(config, 'kernel_regularizer'),
      constraint: readConstraint(config, 'kernel_constraint'),
    };
    this.#bias = {
      name: 'bias',
      initializer: readInitializer(config, 'bias_initializer', 'zeros'),
      regularizer: readRegularizer(config, 'bias_regularizer'),
      constraint: readConstraint(config, 'bias_constraint'),
    };
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const channels = this.requireDimension(inputShape, this.#format === 'channels_first' ? 1 : -1);
    const kernel = { ...this.#kernel, shape: [...this.#size, channels, this.#filters] };
    return this.#useBias ? [kernel, { ...this.#bias, shape: [this.#filters] }] : [kernel];
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, 4);
    const lengths = spatialAxes(this.#format).map((axis, i) =>
      outputLength(inputShape[axis] ?? null, this.#size[i] ?? 1, this.#padding, this.#strides[i] ?? 1, this.#dilation[i] ?? 1),
    );
    if (lengths.some((length) => length !== null && length < 1))
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (Conv2D): a kernel of (${this.#size.join(', ')}) does not fit into an input of ${shapeText(inputShape)}`);
    const batch = inputShape[0] ?? null;
    return this.#format === 'channels_first' ? [batch, this.#filters, ...lengths] : [batch, ...lengths, this.#filters];
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    const kernel = scope.weight('kernel') as tf.Tensor4D;
    let y = inChannelsLast(input, this.#format, (x) => {
      const convolved = this.#dilation.some((rate) => rate > 1)
        ? dilatedConv2d(x, kernel, this.#padding, this.#dilation as [number, number])
        : tf.conv2d(x, kernel, this.#strides as [number, number], this.#padding);
      return this.#useBias ? biasAdd(convolved, scope.weight('bias')) : convolved;
    });
    if (this.#activation) y = this.#activation(y);
    if (this.#activityRegularizer) scope.addLoss(this.#activityRegularizer.penalty(y));
    return y;
  }
}

export const conv2d: LayerDefinition = { className: 'Conv2D', create: (config, options) => new Conv2D(config, options) };
