import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { type ConvolutionGeometry, convolveGroups } from '../ops/convolve.js';
import { shapeText, type Shape } from '../shape.js';
import { channelAxis, convolvedShape, inChannelsLast, type Padding, readWindow, requireNoDilatedStrides, type Window } from './convolution.js';
import { KernelOutput } from './kernel-output.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/** Convolution over one to three axes; the kernel is [...size, channels in, filters] in either data format. */
class Conv extends SingleInputLayer {
  readonly #filters: number;
  readonly #window: Window<Padding | 'causal'>;
  /** Keras 2.3 and later: channels and filters in so many parts, each part of the filters over its part of the channels. */
  readonly #groups: number;
  readonly #kernel: WeightConfig;
  readonly #output: KernelOutput;

  constructor(
    override readonly className: string,
    private readonly axes: number,
    config: ConfigReader,
    options: LayerOptions,
  ) {
    super(options);
    this.#filters = config.integer('filters', { min: 1 });
    this.#window = readWindow(config, axes, axes === 1 ? ['valid', 'same', 'causal'] : ['valid', 'same']);
    requireNoDilatedStrides(config, this.#window);
    this.#groups = config.integer('groups', { min: 1, otherwise: 1 });
    if (this.#filters % this.#groups !== 0) throw config.refuse('groups', `a divisor of the ${this.#filters} filters`);
    if (this.#window.padding === 'causal' && this.#window.format === 'channels_first') throw config.refuse('data_format', 'channels_last with causal padding');
    this.#kernel = readWeight(config, 'kernel', 'glorot_uniform');
    this.#output = new KernelOutput(config);
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const channels = this.requireDimension(inputShape, channelAxis(this.#window.format, this.axes));
    if (channels % this.#groups !== 0)
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): expected a number of channels that is a multiple of its ${this.#groups} groups, received ${shapeText(inputShape)}`);
    return [{ ...this.#kernel, shape: [...this.#window.size, channels / this.#groups, this.#filters] }, ...this.#output.weights([this.#filters])];
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    return convolvedShape(this, inputShape, this.#window, this.#filters);
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    const { padding, format } = this.#window;
    const y = inChannelsLast(input, format, (x) => {
      const geometry: ConvolutionGeometry = { ...this.#window, padding: padding === 'causal' ? 'valid' : padding };
      return this.#output.withBias(scope, convolveGroups(this.#withPast(x), scope.weight('kernel'), this.#groups, geometry));
    });
    return this.#output.finish(scope, y);
  }

  /** Causal padding: zeros before the first step, so that no output sees a later one. */
  #withPast(x: tf.Tensor): tf.Tensor {
    const { size, dilation, padding } = this.#window;
    if (padding !== 'causal') return x;
    return tf.pad(x, [[0, 0], [((size[0] ?? 1) - 1) * (dilation[0] ?? 1), 0], [0, 0]]);
  }
}

const definition = (className: string, axes: number): LayerDefinition => ({ className, create: (config, options) => new Conv(className, axes, config, options) });

export const conv1d = definition('Conv1D', 1);
export const conv2d = definition('Conv2D', 2);
export const conv3d = definition('Conv3D', 3);
