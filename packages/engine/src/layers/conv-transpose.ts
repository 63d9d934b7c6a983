import type * as tf from '@tensorflow/tfjs-core';

import { type Activation, readActivation } from '../activations/activation.js';
import type { ConfigReader } from '../config/config-reader.js';
import { biasAdd } from '../ops/bias-add.js';
import { convolveTransposed } from '../ops/convolve.js';
import { readRegularizer, type Regularizer } from '../regularizers/regularizer.js';
import type { Shape } from '../shape.js';
import { channelAxis, type DataFormat, inChannelsLast, type Padding, readDataFormat, spatialAxes } from './convolution.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/** Transposed convolution over two or three axes; the kernel is [...size, filters, channels in] in either data format. */
class ConvTranspose extends SingleInputLayer {
  readonly #filters: number;
  readonly #size: readonly number[];
  readonly #strides: readonly number[];
  /** Keras 2.2 and later: how much longer the output is along each axis, below the stride. */
  readonly #outputPadding: readonly number[] | undefined;
  readonly #padding: Padding;
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
    if (config.integers('dilation_rate', axes, { min: 1, otherwise: 1 }).some((rate) => rate > 1)) throw config.refuse('dilation_rate', '1');
    this.#outputPadding = config.has('output_padding') ? config.integers('output_padding', axes) : undefined;
    if (this.#outputPadding?.some((more, i) => more >= (this.#strides[i] ?? 1))) throw config.refuse('output_padding', 'numbers below the strides');
    this.#padding = config.oneOf('padding', ['valid', 'same'], 'valid');
    this.#format = readDataFormat(config);
    this.#useBias = config.boolean('use_bias', true);
    this.#activation = readActivation(config, 'activation');
    this.#activityRegularizer = readRegularizer(config, 'activity_regularizer');
    this.#kernel = readWeight(config, 'kernel', 'glorot_uniform');
    this.#bias = readWeight(config, 'bias', 'zeros');
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const channels = this.requireDimension(inputShape, channelAxis(this.#format, this.axes));
    const kernel = { ...this.#kernel, shape: [...this.#size, this.#filters, channels] };
    return this.#useBias ? [kernel, { ...this.#bias, shape: [this.#filters] }] : [kernel];
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    const shape = [...inputShape];
    spatialAxes(this.#format, this.axes).forEach((axis, i) => {
      const length = inputShape[axis] ?? null;
      shape[axis] = length === null ? null : this.#length(length, i);
    });
    shape[channelAxis(this.#format, this.axes)] = this.#filters;
    return shape;
  }

  /** Keras's deconv_length, and its deconv_output_length where output_padding is given. */
  #length(length: number, axis: number): number {
    const size = this.#size[axis] ?? 1;
    const stride = this.#strides[axis] ?? 1;
    const more = this.#outputPadding?.[axis];
    if (more !== undefined) return (length - 1) * stride + size - (this.#padding === 'same' ? 2 * Math.floor(size / 2) : 0) + more;
    return length * stride + (this.#padding === 'same' ? 0 : Math.max(size - stride, 0));
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    let y = inChannelsLast(input, this.#format, (x) => {
      const lengths = x.shape.slice(1, -1).map((length, i) => this.#length(length, i));
      const convolved = convolveTransposed(x, scope.weight('kernel'), [x.shape[0] ?? 1, ...lengths, this.#filters], this.#strides, this.#padding);
      return this.#useBias ? biasAdd(convolved, scope.weight('bias')) : convolved;
    });
    if (this.#activation) y = this.#activation(y);
    if (this.#activityRegularizer) scope.addLoss(this.#activityRegularizer.penalty(y));
    return y;
  }
}

const definition = (className: string, axes: number): LayerDefinition => ({ className, create: (config, options) => new ConvTranspose(className, axes, config, options) });

export const conv2dTranspose = definition('Conv2DTranspose', 2);
export const conv3dTranspose = definition('Conv3DTranspose', 3);
