import * as tf from '@tensorflow/tfjs-core';

import { type ScanAnswer, scan, type ScanSaved, type ScanStep } from './scan.js';

/**
 * One step of a recurrent layer and its gradient by hand. All tensors have the batch first; the first state is the output.
 */
export interface Cell {
  /** What the steps share: recurrent weights, dropout masks. */
  readonly constants: tf.Tensor[];
  /** How many of what `forward` keeps, from the first, `backward` is given; the others are for `constantGradients`. */
  readonly backwardNeeds: number;
  /** @returns the next states, and what will be needed of this step. */
  forward(this: void, x: tf.Tensor, states: tf.Tensor[], constants: tf.Tensor[]): { states: tf.Tensor[]; kept: tf.Tensor[] };
  /**
   * Given the gradients of the next states and what `forward` kept of this step.
   * @returns gradients of `x` and of the states before, and what `constantGradients` needs of this step besides.
   */
  backward(this: void, dStates: tf.Tensor[], kept: tf.Tensor[], constants: tf.Tensor[]): { dx: tf.Tensor; dStates: tf.Tensor[]; kept?: tf.Tensor[] };
  /**
   * Gradients of the constants from all steps at once, time first: one product over all steps where a step of its own would
   * add to a sum.
   */
  constantGradients(this: void, all: { kept: tf.Tensor[]; dx: tf.Tensor; backwardKept: tf.Tensor[] }, constants: tf.Tensor[]): (() => tf.Tensor)[];
}

export interface Recurrence {
  readonly cell: Cell;
  /** [time, batch, …]: what of the gates does not depend on the states. */
  readonly x: tf.Tensor;
  readonly states: tf.Tensor[];
  /** [time, batch, 1, …], boolean: where false, a step repeats the states before it. */
  readonly mask?: tf.Tensor | undefined;
  /** Whether all outputs are asked for, or the last one. */
  readonly returnSequences: boolean;
  /** Whether gradients will be taken: else steps keep nothing for them. */
  readonly differentiated: boolean;
}

/** Runs a cell over time. `output` is [time, batch, …] with `returnSequences`, else the last step's. */
export function runRecurrence({ cell, x, states, mask, returnSequences, differentiated }: Recurrence): { output: tf.Tensor; states: tf.Tensor[] } {
  const step = ({ sequences: [input, live], states: before, constants }: ScanStep): ScanAnswer => {
    const { states: after, kept } = cell.forward(input as tf.Tensor, before, constants);
    const next = live ? after.map((state, i) => tf.where(live, state, before[i] as tf.Tensor)) : after;
    return { states: next, sequences: [...(differentiated ? kept : []), ...(returnSequences ? [next[0] as tf.Tensor] : [])] };
  };
  const gradient = (dys: tf.Tensor[], saved: ScanSaved): (() => tf.Tensor)[] => differentiate(cell, dys, saved, returnSequences);
  const answer = scan({ sequences: mask ? [x, mask] : [x], states, constants: cell.constants, step, ...(differentiated && { gradient }) });
  const output = returnSequences ? answer.sequences.at(-1) : answer.states[0];
  return { output: output as tf.Tensor, states: answer.states };
}

/** Goes back through time once, then over all steps at once. */
function differentiate(cell: Cell, dys: tf.Tensor[], { sequences: [, mask], states, constants, answer }: ScanSaved, returnSequences: boolean): (() => tf.Tensor)[] {
  const dLast = dys.slice(0, states.length);
  const kept = returnSequences ? answer.sequences.slice(0, -1) : answer.sequences;
  const needed = kept.slice(0, cell.backwardNeeds);
  const { states: dFirst, sequences: [dx, ...backwardKept] } = scan({
    sequences: [...needed, ...(returnSequences ? [dys.at(-1) as tf.Tensor] : []), ...(mask ? [mask] : [])],
    states: dLast,
    constants,
    reverse: true,
    step: ({ sequences, states: dStates, constants: shared }) => {
      const live = mask ? sequences.at(-1) : undefined;
      const [dOutput] = returnSequences ? sequences.slice(needed.length) : [];
      const dAfter = dOutput ? [tf.add(dStates[0] as tf.Tensor, dOutput), ...dStates.slice(1)] : dStates;
      // A masked step hands the gradient of its states on to the states before, and has no other.
      const own = live ? dAfter.map((d) => tf.where(live, d, tf.zerosLike(d))) : dAfter;
      const back = cell.backward(own, sequences.slice(0, needed.length), shared);
      const dBefore = live ? back.dStates.map((d, i) => tf.where(live, d, dAfter[i] as tf.Tensor)) : back.dStates;
      return { states: dBefore, sequences: [back.dx, ...(back.kept ?? [])] };
    },
  });
  const constantGradients = cell.constantGradients({ kept, dx: dx as tf.Tensor, backwardKept }, constants);
  return [
    () => dx as tf.Tensor,
    ...(mask ? [() => tf.zerosLike(mask)] : []),
    ...states.map((_, i) => () => dFirst[i] as tf.Tensor),
    ...constants.map((constant, i) => constantGradients[i] ?? (() => tf.zerosLike(constant))),
  ];
}
