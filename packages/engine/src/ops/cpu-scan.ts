import * as tf from '@tensorflow/tfjs-core';

import type { ScanAnswer, ScanAttributes } from './scan.js';

/** The scan of the oracle: a loop. */
export function loopScan(inputs: tf.Tensor[], { sequences: sequenceCount, states: stateCount, reverse, step }: ScanAttributes): tf.Tensor[] {
  const elements = inputs.slice(0, sequenceCount).map((sequence) => tf.unstack(sequence));
  const constants = inputs.slice(sequenceCount + stateCount);
  const length = elements[0]?.length ?? 0;
  let states = inputs.slice(sequenceCount, sequenceCount + stateCount);
  const kept: tf.Tensor[][] = [];
  for (let i = 0; i < length; i++) {
    const time = reverse ? length - 1 - i : i;
    const answer = tf.tidy(() => {
      const { states: next, sequences } = step({ sequences: elements.map((sequence) => sequence[time] as tf.Tensor), states, constants });
      return { states: next, sequences };
    }) as unknown as ScanAnswer;
    states = answer.states;
    kept[time] = answer.sequences;
  }
  return [...states, ...(kept[0] ?? []).map((_, i) => tf.stack(kept.map((sequences) => sequences[i] as tf.Tensor)))];
}
