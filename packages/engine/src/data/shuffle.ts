import { RandomStream } from '../ops/random-stream.js';

/**
 * The order of an epoch's samples: a pure function of (seed, epoch), so that a resumed run sees what the other would have.
 * Fisher and Yates's shuffle.
 */
export function permutation(length: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, i) => i);
  const stream = new RandomStream(seed | 0, epoch);
  for (let i = length - 1; i > 0; i--) {
    const other = stream.below(i + 1);
    const value = order[i] as number;
    order[i] = order[other] as number;
    order[other] = value;
  }
  return order;
}

/** Keras's `shuffle="batch"`: whole batches change places, a last smaller one stays last. */
export function batchPermutation(length: number, batchSize: number, seed: number, epoch: number): Uint32Array {
  const batches = Math.floor(length / batchSize);
  const order = new Uint32Array(length);
  permutation(batches, seed, epoch).forEach((batch, place) => {
    for (let i = 0; i < batchSize; i++) order[place * batchSize + i] = batch * batchSize + i;
  });
  for (let i = batches * batchSize; i < length; i++) order[i] = i;
  return order;
}
