import type * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import { convolveTransposed } from '../ops/convolve.js';
import { shapeText, type Shape } from '../shape.js';
import { channelAxis, inChannelsLast, readWindow, requireNoDilatedStrides, spatialAxes, type Window } from './convolution.js';
import { KernelOutput } from './kernel-output.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/** Transposed convolution over one to three axes; the kernel is [...size, filters, channels in] in either data format. */
class ConvTranspose extends SingleInputLayer {
  readonly #filters: number;
  readonly #window: Window;
  /** Keras 1: the output's shape, which later Keras computes. Its batch dimension counts for nothing. */
  readonly #toldShape: Shape | undefined;
  /** Keras 2.2 and later: how much longer the output is along each axis, below the stride. */
  readonly #outputPadding: readonly number[] | undefined;
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
    this.#window = readWindow(config, axes, ['valid', 'same']);
    requireNoDilatedStrides(config, this.#window);
    this.#outputPadding = config.has('output_padding') ? config.integers('output_padding', axes) : undefined;
    if (this.#outputPadding?.some((more, i) => more >= (this.#window.strides[i] ?? 1))) throw config.refuse('output_padding', 'numbers below the strides');
    this.#toldShape = config.shape('output_shape');
    this.#kernel = readWeight(config, 'kernel', 'glorot_uniform');
    this.#output = new KernelOutput(config);
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const channels = this.requireDimension(inputShape, channelAxis(this.#window.format, this.axes));
    return [{ ...this.#kernel, shape: [...this.#window.size, this.#filters, channels] }, ...this.#output.weights([this.#filters])];
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    const shape = [...inputShape];
    spatialAxes(this.#window.format, this.axes).forEach((axis, i) => {
      const length = inputShape[axis] ?? null;
      shape[axis] = length === null ? null : this.#length(length, i);
    });
    shape[channelAxis(this.#window.format, this.axes)] = this.#filters;
    this.#requireTold(shape);
    return shape;
  }

  #requireTold(shape: Shape): void {
    const told = this.#toldShape;
    if (told && (told.length !== shape.length || shape.some((length, axis) => axis > 0 && length !== null && told[axis] !== null && told[axis] !== length)))
      throw new FormatError('incompatible_shapes', `${this.pointer}/output_shape`, `expected ${shapeText(shape)}, which later Keras computes of this input, received ${shapeText(told)}; Keras 1 could be told another`);
  }

  /** Keras's deconv_length, and its deconv_output_length where output_padding is given. */
  #length(length: number, axis: number): number {
    const { padding } = this.#window;
    const size = ((this.#window.size[axis] ?? 1) - 1) * (this.#window.dilation[axis] ?? 1) + 1;
    const stride = this.#window.strides[axis] ?? 1;
    const more = this.#outputPadding?.[axis];
    if (more !== undefined) return (length - 1) * stride + size - (padding === 'same' ? 2 * Math.floor(size / 2) : 0) + more;
    return length * stride + (padding === 'same' ? 0 : Math.max(size - stride, 0));
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    const { format } = this.#window;
    const y = inChannelsLast(input, format, (x) => {
      const lengths = x.shape.slice(1, -1).map((length, i) => this.#length(length, i));
      return this.#output.withBias(scope, convolveTransposed(x, scope.weight('kernel'), [x.shape[0] ?? 1, ...lengths, this.#filters], this.#window));
    });
    return this.#output.finish(scope, y);
  }
}

const definition = (className: string, axes: number): LayerDefinition => ({ className, create: (config, options) => new ConvTranspose(className, axes, config, options) });

export const conv1dTranspose = definition('Conv1DTranspose', 1);
export const conv2dTranspose = definition('Conv2DTranspose', 2);
export const conv3dTranspose = definition('Conv3DTranspose', 3);
