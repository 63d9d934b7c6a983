import * as tf from '@tensorflow/tfjs-core';

import { type GateActivation, readGateActivation } from '../activations/gate-activation.js';
import type { ConfigReader } from '../config/config-reader.js';
import { withUnitForgetBias } from '../initializers/unit-forget-bias.js';
import { biasAdd } from '../ops/bias-add.js';
import { convolve } from '../ops/convolve.js';
import type { Cell } from '../ops/recurrence.js';
import type { Shape } from '../shape.js';
import { convolvedShape, readWindow, requireNoDilatedStrides, type Window } from './convolution.js';
import type { CallScope, LayerOptions, WeightSpec } from './layer.js';
import type { LayerDefinition } from './layer-definition.js';
import { dropoutMasks } from './recurrent/dropout-masks.js';
import { convolution } from './recurrent/linear-map.js';
import { lstmCell } from './recurrent/lstm-cell.js';
import { recurrentKernel } from './recurrent/recurrent-kernel.js';
import { RecurrentLayer } from './recurrent/recurrent-layer.js';
import { readWeight, type WeightConfig } from './weight-config.js';

const GATES = 4;

/** An LSTM whose steps are images and whose products are convolutions (Shi et al., 2015), without peepholes, as Keras's. */
class ConvLstm2d extends RecurrentLayer {
  override readonly className = 'ConvLSTM2D';
  protected override readonly stateCount = 2;
  protected override readonly inputRank = 5;
  readonly #filters: number;
  readonly #window: Window;
  readonly #activation: GateActivation;
  readonly #recurrentActivation: GateActivation;
  readonly #kernel: WeightConfig;
  readonly #recurrentKernel: WeightConfig;
  readonly #bias: WeightConfig | undefined;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(config, options);
    this.#filters = config.integer('filters', { min: 1 });
    this.#window = readWindow(config, 2, ['valid', 'same']);
    requireNoDilatedStrides(config, this.#window);
    this.#activation = readGateActivation(config, 'activation', 'tanh');
    this.#recurrentActivation = readGateActivation(config, 'recurrent_activation', 'hard_sigmoid');
    this.#kernel = readWeight(config, 'kernel', 'glorot_uniform');
    this.#recurrentKernel = readWeight(config, 'recurrent_kernel', 'orthogonal', 'recurrent');
    const bias = readWeight(config, 'bias', 'zeros');
    // Unlike LSTM's, Keras's unit_forget_bias takes no notice of the initializer here: all but ones is 0.
    const unitForget = config.boolean('unit_forget_bias', true) ? { initializer: withUnitForgetBias({ seed: undefined, draw: (shape) => tf.zeros([...shape]) }) } : {};
    this.#bias = config.boolean('use_bias', true) ? { ...bias, ...unitForget } : undefined;
  }

  override weights([sequence = []]: readonly Shape[]): readonly WeightSpec[] {
    const channels = this.requireDimension(sequence, this.#window.format === 'channels_first' ? 2 : 4);
    const width = this.#filters * GATES;
    const kernels = [
      { ...this.#kernel, shape: [...this.#window.size, channels, width] },
      { ...this.#recurrentKernel, shape: [...this.#window.size, this.#filters, width] },
    ];
    return this.#bias ? [...kernels, { ...this.#bias, shape: [width] }] : kernels;
  }

  protected override stateShape(sequence: Shape): Shape {
    const [batch = null, , ...image] = sequence;
    return convolvedShape(this, [batch, ...image], this.#window, this.#filters);
  }

  /** TensorFlow's CPU kernels know no other layout than channels last. */
  protected override inward(x: tf.Tensor): tf.Tensor {
    return this.#window.format === 'channels_first' ? moveAxis(x, x.rank - 3, x.rank - 1) : x;
  }

  protected override outward(x: tf.Tensor): tf.Tensor {
    return this.#window.format === 'channels_first' ? moveAxis(x, x.rank - 1, x.rank - 3) : x;
  }

  protected override project(scope: CallScope, sequence: tf.Tensor): tf.Tensor {
    const [time = 0, batch = 0, ...image] = sequence.shape;
    // Keras drops inputs under implementation 0 alone.
    const masks = dropoutMasks(scope, this.implementation === 0 ? this.dropout : 0, [batch, ...image], GATES);
    const kernel = scope.weight('kernel');
    const convolved = (x: tf.Tensor, part: tf.Tensor): tf.Tensor => convolve(tf.reshape(x, [time * batch, ...image]), part, this.#window);
    const gates =
      masks.length === 0
        ? convolved(sequence, kernel)
        : tf.concat(tf.split(kernel, GATES, -1).map((part, gate) => convolved(tf.mul(sequence, masks[gate] as tf.Tensor), part)), -1);
    const biased = this.#bias ? biasAdd(gates, scope.weight('bias')) : gates;
    return tf.reshape(biased, [time, batch, ...biased.shape.slice(1)]);
  }

  protected override cell(scope: CallScope, state: readonly number[]): Cell {
    const masks = dropoutMasks(scope, this.recurrentDropout, state, GATES);
    return lstmCell(recurrentKernel(convolution, scope.weight('recurrent_kernel'), masks), this.#activation, this.#recurrentActivation);
  }
}

function moveAxis(x: tf.Tensor, from: number, to: number): tf.Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const [moved = 0] = axes.splice(from, 1);
  axes.splice(to, 0, moved);
  return tf.transpose(x, axes);
}

export const convLstm2d: LayerDefinition = { className: 'ConvLSTM2D', create: (config, options) => new ConvLstm2d(config, options) };
