import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import { type Activation, readActivation } from '../activations/activation.js';
import type { ConfigReader } from '../config/config-reader.js';
import { patches } from '../ops/patches.js';
import { readRegularizer, type Regularizer } from '../regularizers/regularizer.js';
import { shapeText, type Shape } from '../shape.js';
import { channelAxis, type DataFormat, outputLength, readDataFormat, spatialAxes } from './convolution.js';
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
  readonly #size: readonly number[];
  readonly #strides: readonly number[];
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
    config.oneOf('padding', ['valid'], 'valid');
    // Later Keras: 2 and 3 keep the same connections as another set of weights.
    if (config.integer('implementation', { otherwise: 1 }) !== 1) throw config.refuse('implementation', '1');
    this.#format = readDataFormat(config);
    this.#useBias = config.boolean('use_bias', true);
    this.#activation = readActivation(config, 'activation');
    this.#activityRegularizer = readRegularizer(config, 'activity_regularizer');
    this.#kernel = readWeight(config, 'kernel', 'glorot_uniform');
    this.#bias = readWeight(config, 'bias', 'zeros');
  }

  override weights([inputShape = []]: readonly Shape[]): readonly WeightSpec[] {
    const channels = this.requireDimension(inputShape, channelAxis(this.#format, this.axes));
    const lengths = this.#lengths(inputShape);
    const window = this.#size.reduce((product, length) => product * length, channels);
    const positions = lengths.reduce((product, length) => product * length, 1);
    const kernel = { ...this.#kernel, shape: [positions, window, this.#filters] };
    return this.#useBias ? [kernel, { ...this.#bias, shape: [...lengths, this.#filters] }] : [kernel];
  }

  #lengths(inputShape: Shape): number[] {
    return spatialAxes(this.#format, this.axes).map((axis, i) => outputLength(this.requireDimension(inputShape, axis), this.#size[i] ?? 1, 'valid', this.#strides[i] ?? 1) ?? 1);
  }

  override outputShape(inputShape: Shape): Shape {
    this.requireRank(inputShape, this.axes + 2);
    const lengths = this.#lengths(inputShape);
    if (lengths.some((length) => length < 1))
      throw new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): a kernel of (${this.#size.join(', ')}) does not fit into an input of ${shapeText(inputShape)}`);
    const batch = inputShape[0] ?? null;
    return this.#format === 'channels_first' ? [batch, this.#filters, ...lengths] : [batch, ...lengths, this.#filters];
  }

  override callOn(scope: CallScope, input: tf.Tensor): tf.Tensor {
    const batch = input.shape[0] ?? 1;
    const [, ...row] = this.outputShape(input.shape) as number[];
    const first = this.#format === 'channels_first';
    const kernel = scope.weight('kernel') as tf.Tensor3D;
    const [positions = 1, window = 1] = kernel.shape;
    const last = first ? tf.transpose(input, [0, ...spatialAxes(this.#format, this.axes), 1]) : input;
    let windows = patches(last, this.#size, this.#strides); // [batch, positions, cells, channels]
    if (first) windows = tf.transpose(windows, [0, 1, 3, 2]);
    const rows = tf.transpose(tf.reshape(windows, [batch, positions, window]), [1, 0, 2]);
    const product = tf.matMul(rows, kernel); // [positions, batch, filters]
    let y = tf.reshape(tf.transpose(product, first ? [1, 2, 0] : [1, 0, 2]), [batch, ...row]);
    // Keras reshapes the bias under channels_first, too, where its memory order is that of channels_last: files rely on it.
    if (this.#useBias) y = tf.add(y, tf.reshape(scope.weight('bias'), [1, ...row]));
    if (this.#activation) y = this.#activation(y);
    if (this.#activityRegularizer) scope.addLoss(this.#activityRegularizer.penalty(y));
    return y;
  }
}

const definition = (className: string, axes: number): LayerDefinition => ({ className, create: (config, options) => new LocallyConnected(className, axes, config, options) });

export const locallyConnected1d = definition('LocallyConnected1D', 1);
export const locallyConnected2d = definition('LocallyConnected2D', 2);
