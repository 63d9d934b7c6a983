import * as tf from '@tensorflow/tfjs-core';
import { FormatError } from '@trainyard/keras-format';

import type { ConfigReader } from '../../config/config-reader.js';
import { type Cell, runRecurrence } from '../../ops/recurrence.js';
import { readRegularizer, type Regularizer } from '../../regularizers/regularizer.js';
import { shapeText, type Shape } from '../../shape.js';
import { type CallScope, Layer, type LayerOptions, type Mask, type StateSpec } from '../layer.js';

/**
 * What LSTM, GRU, SimpleRNN and ConvLSTM2D share: time, masks, states. Inputs are the sequence [batch, time, …] and, where a
 * model gives them, the initial states. A layer projects the whole sequence at once and has a cell for what is left of a step.
 */
export abstract class RecurrentLayer extends Layer {
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  protected readonly dropout: number;
  protected readonly recurrentDropout: number;
  /** Keras's 0, 1 or 2. All compute the same but for dropout: 2 has one mask for all gates. */
  protected readonly implementation: number;
  readonly activityRegularizer: Regularizer | undefined;
  /** Later Keras's Bidirectional sets it: a masked step's output is 0, and does not repeat the one before. States go on as ever. */
  readonly #zeroOutputForMask: boolean;

  constructor(config: ConfigReader, options: LayerOptions) {
    super(options);
    this.returnSequences = config.boolean('return_sequences', false);
    this.returnState = config.boolean('return_state', false);
    this.goBackwards = config.boolean('go_backwards', false);
    this.stateful = config.boolean('stateful', false);
    this.implementation = config.integer('implementation', { min: 0, otherwise: 0 });
    if (this.implementation > 2) throw config.refuse('implementation', '0, 1 or 2');
    // Keras 2.0 clips rates into [0, 1] and drops nothing at either end.
    this.dropout = clipRate(config.number('dropout', { otherwise: 0 }));
    this.recurrentDropout = clipRate(config.number('recurrent_dropout', { otherwise: 0 }));
    this.activityRegularizer = readRegularizer(config, 'activity_regularizer');
    if (config.boolean('time_major', false)) throw config.refuse('time_major', 'false');
    this.#zeroOutputForMask = config.boolean('zero_output_for_mask', false);
  }

  /** Number of states: the first is the output. */
  protected abstract readonly stateCount: number;

  /** Number of dimensions of the sequence, batch and time included. */
  protected abstract readonly inputRank: number;

  /** Shape of one state, the batch first, for a sequence of this shape. */
  protected abstract stateShape(sequence: Shape): Shape;

  /** What of the gates does not depend on the states: [time, batch, …] → [time, batch, …, gates]. */
  protected abstract project(scope: CallScope, sequence: tf.Tensor): tf.Tensor;

  /** @param state a state's shape, as `inward` gives it. */
  protected abstract cell(scope: CallScope, state: readonly number[]): Cell;

  /** From the layout of the layer's inputs to the one that it computes in: a sequence or a state. */
  protected inward(x: tf.Tensor): tf.Tensor {
    return x;
  }

  /** The inverse of `inward`. */
  protected outward(x: tf.Tensor): tf.Tensor {
    return x;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override get stopsMask(): boolean {
    return !this.returnSequences;
  }

  override get drawsRandom(): boolean {
    return this.dropout > 0 || this.recurrentDropout > 0;
  }

  override carriesMask(output: number): boolean {
    return output === 0;
  }

  override outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [sequence = [], ...initial] = inputShapes;
    if (sequence.length !== this.inputRank)
      throw this.#refuse(`expected an input of ${this.inputRank} dimensions, received ${shapeText(sequence)}`);
    const state = this.stateShape(sequence);
    if (initial.length > 0 && initial.length !== this.stateCount) throw this.#refuse(`expected ${this.stateCount} initial states, received ${initial.length}`);
    for (const given of initial) {
      const fits = given.length === state.length && given.every((dimension, axis) => axis === 0 || dimension === state[axis]);
      if (!fits) throw this.#refuse(`expected an initial state of ${shapeText(state)}, received ${shapeText(given)}`);
    }
    this.states(inputShapes); // refuses a stateful layer whose batch size is not known
    const output = this.returnSequences ? [sequence[0] ?? null, sequence[1] ?? null, ...state.slice(1)] : state;
    return this.returnState ? [output, ...Array.from({ length: this.stateCount }, () => state)] : [output];
  }

  override states([sequence = []]: readonly Shape[]): readonly StateSpec[] {
    if (!this.stateful) return [];
    const shape = this.stateShape(sequence).map((dimension) => {
      if (dimension === null) throw this.#refuse(`a stateful layer must know its batch size and sizes: expected a batch_input_shape without None, received ${shapeText(sequence)}`);
      return dimension;
    });
    return Array.from({ length: this.stateCount }, (_, i) => ({ name: `state_${i}`, shape }));
  }

  /** Gates (projected, and as the step makes them) and states at each step: four gates and two states where there are two. */
  override keptPerRow([[time = 1] = []]: readonly (readonly number[])[], [output = []]: readonly (readonly number[])[]): number {
    const state = output.slice(this.returnSequences ? 1 : 0).reduce((size, dimension) => size * dimension, 1);
    const gates = this.stateCount === 2 ? 4 : 3;
    return time * state * (2 * gates + this.stateCount);
  }

  override call(scope: CallScope, [input, ...given]: readonly tf.Tensor[], [mask]: readonly Mask[]): tf.Tensor[] {
    const sequence = tf.cast(input as tf.Tensor, 'float32');
    const initial = (given.length > 0 ? given : this.#initialStates(scope, this.stateShape(sequence.shape) as number[])).map((state) => this.inward(state));
    const shape = initial[0]?.shape ?? [];
    const counted = mask && this.#maskInTime(mask, shape.length);
    const { output, states } = runRecurrence({
      cell: this.cell(scope, shape),
      x: this.project(scope, this.#inTime(this.inward(sequence))),
      states: initial,
      mask: counted,
      returnSequences: this.returnSequences,
      differentiated: scope.differentiated,
    });
    const last = states.map((state) => this.outward(state));
    if (this.stateful) last.forEach((state, i) => scope.assign(`state_${i}`, state));
    const shown = counted && this.#zeroOutputForMask ? this.#withoutMasked(output, counted) : output;
    const answers = [this.outward(this.returnSequences ? swapTimeAndBatch(shown) : shown), ...(this.returnState ? last : [])];
    if (this.activityRegularizer) for (const answer of answers) scope.addLoss(this.activityRegularizer.penalty(answer));
    return answers;
  }

  override computeMasks(_inputs: readonly tf.Tensor[], [mask]: readonly Mask[]): Mask[] {
    const own = this.returnSequences ? mask : undefined;
    return this.returnState ? [own, ...Array.from({ length: this.stateCount }, () => undefined)] : [own];
  }

  #initialStates(scope: CallScope, shape: number[]): tf.Tensor[] {
    return Array.from({ length: this.stateCount }, (_, i) => (this.stateful ? scope.weight(`state_${i}`) : tf.zeros(shape)));
  }

  /** Outputs of masked steps, or the last output where the last step is masked, become 0. */
  #withoutMasked(output: tf.Tensor, counted: tf.Tensor): tf.Tensor {
    const steps = counted.shape[0] ?? 1;
    const mask = this.returnSequences ? counted : tf.squeeze(tf.slice(counted, [steps - 1], [1]), [0]);
    return tf.mul(output, tf.cast(mask, 'float32'));
  }

  /** Time first, in the order in which it is gone through. */
  #inTime(sequence: tf.Tensor): tf.Tensor {
    const swapped = swapTimeAndBatch(sequence);
    return this.goBackwards ? tf.reverse(swapped, 0) : swapped;
  }

  /** [batch, time] → [time, batch, 1, …], to stand beside a state. */
  #maskInTime(mask: tf.Tensor, stateRank: number): tf.Tensor {
    const [batch = 0, time = 0] = mask.shape;
    // As numbers, and not by a cast, which TensorFlow would move behind the transposition: its oneDNN kernel knows no
    // booleans, and says so on standard error.
    const numbers = tf.where(tf.cast(mask, 'bool'), tf.ones([batch, time]), tf.zeros([batch, time]));
    const swapped = tf.reshape(tf.transpose(numbers), [time, batch, ...Array.from({ length: stateRank - 1 }, () => 1)]);
    return tf.notEqual(this.goBackwards ? tf.reverse(swapped, 0) : swapped, 0);
  }

  #refuse(text: string): FormatError {
    return new FormatError('incompatible_shapes', this.pointer, `layer "${this.name}" (${this.className}): ${text}`);
  }
}

function clipRate(rate: number): number {
  return rate >= 1 ? 0 : Math.max(0, rate);
}

function swapTimeAndBatch(x: tf.Tensor): tf.Tensor {
  return tf.transpose(x, [1, 0, ...Array.from({ length: x.rank - 2 }, (_, i) => i + 2)]);
}
