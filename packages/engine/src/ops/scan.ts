import * as tf from '@tensorflow/tfjs-core';

import { kernels } from './kernels.js';

/** What one step of a scan is given: one element of each sequence, the states, the constants. */
export interface ScanStep {
  readonly sequences: tf.Tensor[];
  readonly states: tf.Tensor[];
  readonly constants: tf.Tensor[];
}

/** What a step answers: the next states, each of the same shape, and one element of each sequence to keep. */
export interface ScanAnswer {
  readonly states: tf.Tensor[];
  readonly sequences: tf.Tensor[];
}

/** Attributes of the kernel `Scan`. Its inputs are one array: sequences, states, constants. */
export interface ScanAttributes {
  /** How many of the inputs are sequences: tensors whose first axis is time. */
  readonly sequences: number;
  readonly states: number;
  /** From the last step to the first. What is kept stays at its step's place. */
  readonly reverse: boolean;
  /** Must use no tensor but those that it is given. Called once when traced. */
  readonly step: (this: void, step: ScanStep) => ScanAnswer;
  /** Gradients of the inputs, in their order, given those of the answers, and all inputs and answers. */
  readonly gradient?: (this: void, dys: tf.Tensor[], saved: ScanSaved) => (() => tf.Tensor)[];
}

export interface ScanSaved extends ScanStep {
  readonly answer: ScanAnswer;
}

export interface Scan extends ScanStep {
  readonly reverse?: boolean;
  readonly step: ScanAttributes['step'];
  readonly gradient?: ScanAttributes['gradient'];
}

/**
 * Runs a step once for each element along the first axis of the sequences, handing states on from step to step: a `While`
 * when traced, so that the graph does not grow with the number of steps, a plain loop on the oracle.
 * @returns the last states, and what the steps kept, stacked along a first axis.
 */
export function scan({ sequences, states, constants, step, gradient, reverse = false }: Scan): ScanAnswer {
  const attributes: ScanAttributes = { sequences: sequences.length, states: states.length, reverse, step, ...(gradient ? { gradient } : {}) };
  if (gradient && !tf.getGradient(kernels.scan)) tf.registerGradient(scanGradient);
  const inputs = [...sequences, ...states, ...constants] as unknown as tf.NamedTensorMap;
  const answers: tf.Tensor[] = tf.engine().runKernel(kernels.scan, inputs, attributes as unknown as tf.NamedAttrMap);
  return { states: answers.slice(0, states.length), sequences: answers.slice(states.length) };
}

/** More outputs than any scan has: tfjs wants to know of each whether it is saved. */
const MOST_OUTPUTS = 64;

/** The gradient is the scan's own: a recurrence knows what to keep of each step, which no tape does. */
const scanGradient: tf.GradConfig = {
  kernelName: kernels.scan,
  saveAllInputs: true,
  outputsToSave: Array.from({ length: MOST_OUTPUTS }, () => true),
  gradFunc: (dys, saved, attrs) => {
    const { sequences, states, gradient } = attrs as unknown as ScanAttributes;
    if (!gradient) throw new Error('a scan without a gradient was differentiated');
    const answers = Array.isArray(dys) ? dys.length : 1;
    const inputs = saved.slice(0, saved.length - answers);
    const outputs = saved.slice(saved.length - answers);
    const gradients = gradient(Array.isArray(dys) ? dys : [dys], {
      sequences: inputs.slice(0, sequences),
      states: inputs.slice(sequences, sequences + states),
      constants: inputs.slice(sequences + states),
      answer: { states: outputs.slice(0, states), sequences: outputs.slice(states) },
    });
    return Object.fromEntries(gradients.entries());
  },
};
