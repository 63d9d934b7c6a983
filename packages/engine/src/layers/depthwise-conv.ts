import type * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { convolve, convolveDepthwise } from '../ops/convolve.js';
import type { Shape } from '../shape.js';
import { channelAxis, convolvedShape, inChannelsLast, readWindow, requireNoDilatedStrides, type Window } from './convolution.js';
import { KernelOutput } from './kernel-output.js';
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
  readonly #window: Window;
  readonly #depthwise: WeightConfig;
  readonly #pointwise: WeightConfig;
  readonly #output: KernelOutput;

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
    this.#window = readWindow(config, axes, ['valid', 'same']);
    if (new Set(this.#window.strides).size > 1) throw config.refuse('strides', 'equal strides: TensorFlow has no depthwise convolution with others');
    requireNoDilatedStrides(config, this.#window);
    this.#depthwise = readWeight(config, 'depthwise_kernel', 'glorot_uniform', 'depthwise');
    this.#pointwise = readWeight(config, 'pointwise_kernel', 'glorot_uniform', 'pointwise');
    this.#output = new KernelOutput(config);
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const { size, format } = this.#window;
    const channels = this.requireDimension(inputShape, channelAxis(format, this.axes));
    const convolved = channels * this.#multiplier;
    const depthwise: WeightSpec = { ...this.#depthwise, shape: [...size, channels, this.#multiplier] };
    const pointwise: WeightSpec[] = this.#filters === undefined ? [] : [{ ...this.#pointwise, shape: [...size.map(() => 1), convolved, this.#filters] }];
    return [depthwise, ...pointwise, ...this.#output.weights([this.#filters ?? convolved])];
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    const channels = this.requireDimension(inputShape, channelAxis(this.#window.format, this.axes));
    return convolvedShape(this, inputShape, this.#window, this.#filters ?? channels * this.#multiplier);
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    const y = inChannelsLast(input, this.#window.format, (x) => {
      const convolved = convolveDepthwise(x, scope.weight('depthwise_kernel'), this.#window);
      const ones = this.#window.size.map(() => 1);
      const mixed = this.#filters === undefined ? convolved : convolve(convolved, scope.weight('pointwise_kernel'), { strides: ones, dilation: ones, padding: 'valid' });
      return this.#output.withBias(scope, mixed);
    });
    return this.#output.finish(scope, y);
  }
}

const definition = (className: string, axes: number, separable: boolean): LayerDefinition => ({
  className,
  create: (config, options) => new DepthwiseConv(className, axes, separable, config, options),
});

export const depthwiseConv2d = definition('DepthwiseConv2D', 2, false);
export const separableConv1d = definition('SeparableConv1D', 1, true);
export const separableConv2d = definition('SeparableConv2D', 2, true);
