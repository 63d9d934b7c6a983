import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import { type Activation, readActivation } from '../activations/activation.js';
import type { ConfigReader } from '../config/config-reader.js';
import { biasAdd } from '../ops/bias-add.js';
import { convolve } from '../ops/convolve.js';
import { readRegularizer, type Regularizer } from '../regularizers/regularizer.js';
import { shapeText, type Shape } from '../shape.js';
import { channelAxis, type DataFormat, inChannelsLast, outputLength, type Padding, readDataFormat, spatialAxes } from './convolution.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/** Convolution over one to three axes; the kernel is [...size, channels in, filters] in either data format. */
class Conv extends SingleInputLayer {
  readonly #filters: number;
  readonly #size: readonly number[];
  readonly #strides: readonly number[];
  readonly #dilation: readonly number[];
  readonly #padding: Padding | 'causal';
  readonly #format: DataFormat;
  readonly #useBias: boolean;
  readonly #activation: Activation | undefined;
  readonly #activityRegularizer: Regularizer | undefined;
  readonly #kernel: WeightConfig;
  readonly #bias: WeightConfig;

  constructor(
    override readonly className: string,
    private readonly axes: number,
    config: ConfigReader,
    options: LayerOptions,
  ) {
    super(options);
    this.#filters = config.integer('filters', { min: 1 });
    this.#size = config.integers('kernel_size', axes, { min: 1 });
    this.#strides = config.integers('strides', axes, { min: 1, otherwise: 1 });
    this.#dilation = config.integers('dilation_rate', axes, { min: 1, otherwise: 1 });
    if (this.#strides.some((stride) => stride > 1) && this.#dilation.some((rate) => rate > 1))
      throw config.refuse('dilation_rate', '1 where strides are greater than 1');
    if (config.has('groups') && config.integer('groups') !== 1) throw config.refuse('groups', '1');
    this.#padding = config.oneOf('padding', axes === 1 ? ['valid', 'same', 'causal'] : ['valid', 'same'], 'valid');
    this.#format = readDataFormat(config);
    if (this.#padding === 'causal' && this.#format === 'channels_first') throw config.refuse('data_format', 'channels_last with causal padding');
    this.#useBias = config.boolean('use_bias', true);
    this.#activation = readActivation(config, 'activation');
    this.#activityRegularizer = readRegularizer(config, 'activity_regularizer');
    this.#kernel = readWeight(config, 'kernel', 'glorot_uniform');
    this.#bias = readWeight(config, 'bias', 'zeros');
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const channels = this.requireDimension(inputShape, channelAxis(this.#format, this.axes));
    const kernel = { ...this.#kernel, shape: [...this.#size, channels, this.#filters] };
    return this.#useBias ? [kernel, { ...this.#bias, shape: [this.#filters] }] : [kernel];
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    const lengths = spatialAxes(this.#format, this.axes).map((axis, i) =>
      outputLength(inputShape[axis] ?? null, this.#size[i] ?? 1, this.#padding, this.#strides[i] ?? 1, this.#dilation[i] ?? 1),
    );
    if (lengths.some((length) => length !== null && length < 1))
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): a kernel of (${this.#size.join(', ')}) does not fit into an input of ${shapeText(inputShape)}`);
    const batch = inputShape[0] ?? null;
    return this.#format === 'channels_first' ? [batch, this.#filters, ...lengths] : [batch, ...lengths, this.#filters];
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    let y = inChannelsLast(input, this.#format, (x) => {
      const padding = this.#padding === 'causal' ? 'valid' : this.#padding;
      const convolved = convolve(this.#withPast(x), scope.weight('kernel'), { strides: this.#strides, dilation: this.#dilation, padding });
      return this.#useBias ? biasAdd(convolved, scope.weight('bias')) : convolved;
    });
    if (this.#activation) y = this.#activation(y);
    if (this.#activityRegularizer) scope.addLoss(this.#activityRegularizer.penalty(y));
    return y;
  }

  /** Causal padding: zeros before the first step, so that no output sees a later one. */
  #withPast(x: tf.Tensor): tf.Tensor {
    if (this.#padding !== 'causal') return x;
    const steps = ((this.#size[0] ?? 1) - 1) * (this.#dilation[0] ?? 1);
    return tf.pad(x, [[0, 0], [steps, 0], [0, 0]]);
  }
}

const definition = (className: string, axes: number): LayerDefinition => ({ className, create: (config, options) => new Conv(className, axes, config, options) });

export const conv1d = definition('Conv1D', 1);
export const conv2d = definition('Conv2D', 2);
export const conv3d = definition('Conv3D', 3);
