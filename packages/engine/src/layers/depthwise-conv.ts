import type * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import { type Activation, readActivation } from '../activations/activation.js';
import type { ConfigReader } from '../config/config-reader.js';
import { biasAdd } from '../ops/bias-add.js';
import { convolve, convolveDepthwise } from '../ops/convolve.js';
import { readRegularizer, type Regularizer } from '../regularizers/regularizer.js';
import { shapeText, type Shape } from '../shape.js';
import { channelAxis, type DataFormat, inChannelsLast, outputLength, type Padding, readDataFormat, spatialAxes } from './convolution.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/**
 * A convolution of each channel with `depth_multiplier` kernels of its own; the separable ones (`filters`) then mix the
 * channels at each position. Weights: depthwise_kernel [...size, channels, multiplier], pointwise_kernel
 * [1…, channels · multiplier, filters], bias.
 */
class DepthwiseConv extends SingleInputLayer {
  /** Of the separable layers; undefined where channels are not mixed. */
  readonly #filters: number | undefined;
  readonly #multiplier: number;
  readonly #size: readonly number[];
  readonly #strides: readonly number[];
  readonly #dilation: readonly number[];
  readonly #padding: Padding;
  readonly #format: DataFormat;
  readonly #useBias: boolean;
  readonly #activation: Activation | undefined;
  readonly #activityRegularizer: Regularizer | undefined;
  readonly #depthwise: WeightConfig;
  readonly #pointwise: WeightConfig;
  readonly #bias: WeightConfig;

  constructor(
    override readonly className: string,
    private readonly axes: number,
    separable: boolean,
    config: ConfigReader,
    options: LayerOptions,
  ) {
    super(options);
    this.#filters = separable ? config.integer('filters', { min: 1 }) : undefined;
    this.#multiplier = config.integer('depth_multiplier', { min: 1, otherwise: 1 });
    this.#size = config.integers('kernel_size', axes, { min: 1 });
    this.#strides = config.integers('strides', axes, { min: 1, otherwise: 1 });
    if (new Set(this.#strides).size > 1) throw config.refuse('strides', 'equal strides: TensorFlow has no depthwise convolution with others');
    this.#dilation = config.integers('dilation_rate', axes, { min: 1, otherwise: 1 });
    if (this.#strides.some((stride) => stride > 1) && this.#dilation.some((rate) => rate > 1))
      throw config.refuse('dilation_rate', '1 where strides are greater than 1');
    this.#padding = config.oneOf('padding', ['valid', 'same'], 'valid');
    this.#format = readDataFormat(config);
    this.#useBias = config.boolean('use_bias', true);
    this.#activation = readActivation(config, 'activation');
    this.#activityRegularizer = readRegularizer(config, 'activity_regularizer');
    this.#depthwise = readWeight(config, 'depthwise_kernel', 'glorot_uniform', 'depthwise');
    this.#pointwise = readWeight(config, 'pointwise_kernel', 'glorot_uniform', 'pointwise');
    this.#bias = readWeight(config, 'bias', 'zeros');
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const channels = this.requireDimension(inputShape, channelAxis(this.#format, this.axes));
    const convolved = channels * this.#multiplier;
    const depthwise: WeightSpec = { ...this.#depthwise, shape: [...this.#size, channels, this.#multiplier] };
    const pointwise: WeightSpec[] = this.#filters === undefined ? [] : [{ ...this.#pointwise, shape: [...this.#size.map(() => 1), convolved, this.#filters] }];
    const bias: WeightSpec[] = this.#useBias ? [{ ...this.#bias, shape: [this.#filters ?? convolved] }] : [];
    return [depthwise, ...pointwise, ...bias];
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    const channels = this.requireDimension(inputShape, channelAxis(this.#format, this.axes));
    const lengths = spatialAxes(this.#format, this.axes).map((axis, i) =>
      outputLength(inputShape[axis] ?? null, this.#size[i] ?? 1, this.#padding, this.#strides[i] ?? 1, this.#dilation[i] ?? 1),
    );
    if (lengths.some((length) => length !== null && length < 1))
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): a kernel of (${this.#size.join(', ')}) does not fit into an input of ${shapeText(inputShape)}`);
    const batch = inputShape[0] ?? null;
    const filters = this.#filters ?? channels * this.#multiplier;
    return this.#format === 'channels_first' ? [batch, filters, ...lengths] : [batch, ...lengths, filters];
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    let y = inChannelsLast(input, this.#format, (x) => {
      let convolved = convolveDepthwise(x, scope.weight('depthwise_kernel'), { strides: this.#strides, dilation: this.#dilation, padding: this.#padding });
      const ones = this.#size.map(() => 1);
      if (this.#filters !== undefined) convolved = convolve(convolved, scope.weight('pointwise_kernel'), { strides: ones, dilation: ones, padding: 'valid' });
      return this.#useBias ? biasAdd(convolved, scope.weight('bias')) : convolved;
    });
    if (this.#activation) y = this.#activation(y);
    if (this.#activityRegularizer) scope.addLoss(this.#activityRegularizer.penalty(y));
    return y;
  }
}

const definition = (className: string, axes: number, separable: boolean): LayerDefinition => ({
  className,
  create: (config, options) => new DepthwiseConv(className, axes, separable, config, options),
});

export const depthwiseConv2d = definition('DepthwiseConv2D', 2, false);
export const separableConv1d = definition('SeparableConv1D', 1, true);
export const separableConv2d = definition('SeparableConv2D', 2, true);
