import * as tf from '@tensorflow/tfjs-core';

import type { ConfigReader } from '../config/config-reader.js';
import { patches } from '../ops/patches.js';
import type { Shape } from '../shape.js';
import { channelAxis, convolvedShape, readWindow, spatialAxes, type Window } from './convolution.js';
import { KernelOutput } from './kernel-output.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { SingleInputLayer } from './single-input-layer.js';
import { readWeight, type WeightConfig } from './weight-config.js';

/**
 * A convolution with a kernel of its own at each position: kernel [positions, window · channels, filters], bias
 * [...output lengths, filters]. A window is flattened in the data format's order.
 */
class LocallyConnected extends SingleInputLayer {
  readonly #filters: number;
  readonly #window: Window<'valid'>;
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
    this.#window = readWindow(config, axes, ['valid']);
    if (this.#window.dilation.some((rate) => rate > 1)) throw config.refuse('dilation_rate', '1');
    // Later Keras: 2 and 3 keep the same connections as another set of weights.
    if (config.integer('implementation', { otherwise: 1 }) !== 1) throw config.refuse('implementation', '1');
    this.#kernel = readWeight(config, 'kernel', 'glorot_uniform');
    this.#output = new KernelOutput(config);
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const { size, format } = this.#window;
    const channels = this.requireDimension(inputShape, channelAxis(format, this.axes));
    const output = this.outputShape(inputShape);
    const lengths = spatialAxes(format, this.axes).map((axis) => output[axis] ?? 1);
    const positions = lengths.reduce((product, length) => product * length, 1);
    const entries = size.reduce((product, length) => product * length, channels);
    return [{ ...this.#kernel, shape: [positions, entries, this.#filters] }, ...this.#output.weights([...lengths, this.#filters])];
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    for (const axis of spatialAxes(this.#window.format, this.axes)) this.requireDimension(inputShape, axis);
    return convolvedShape(this, inputShape, this.#window, this.#filters);
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    const { size, strides, format } = this.#window;
    const batch = input.shape[0] ?? 1;
    const [, ...row] = this.outputShape(input.shape) as number[];
    const first = format === 'channels_first';
    const kernel = scope.weight('kernel') as tf.Tensor3D;
    const [positions = 1, window = 1] = kernel.shape;
    const last = first ? tf.transpose(input, [0, ...spatialAxes(format, this.axes), 1]) : input;
    let windows = patches(last, size, strides); // [batch, positions, cells, channels]
    if (first) windows = tf.transpose(windows, [0, 1, 3, 2]);
    const rows = tf.transpose(tf.reshape(windows, [batch, positions, window]), [1, 0, 2]);
    const product = tf.matMul(rows, kernel); // [positions, batch, filters]
    const y = tf.reshape(tf.transpose(product, first ? [1, 2, 0] : [1, 0, 2]), [batch, ...row]);
    // Keras reshapes the bias under channels_first, too, where its memory order is that of channels_last: files rely on it.
    return this.#output.finish(scope, this.#output.withBias(scope, y, (x, bias) => tf.add(x, tf.reshape(bias, [1, ...row]))));
  }
}

const definition = (className: string, axes: number): LayerDefinition => ({ className, create: (config, options) => new LocallyConnected(className, axes, config, options) });

export const locallyConnected1d = definition('LocallyConnected1D', 1);
export const locallyConnected2d = definition('LocallyConnected2D', 2);
