import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import type { JsonProcess } from '../contenders/json-process.js';
import { measurePair, type Pair } from '../measure/pairing.js';
import { median } from '../measure/statistics.js';

/**
 * `write` and `read`: arrays in memory to a file and back, beside h5py. `save` and `load`: a model that could train to a
 * file and back, beside Keras 2.0.8.
 */
export const h5Actions = ['write', 'read', 'save', 'load'] as const;
export type H5Action = (typeof h5Actions)[number];

export interface H5Run {
  readonly mib: number;
  /** Of the file that Keras saves. */
  readonly bytes: number;
  /** Milliseconds, the median of a round's calls. */
  readonly pairs: Readonly<Record<H5Action, readonly Pair[]>>;
}

/** About how long the calls of one round take. */
const ROUND_SECONDS = 0.3;
const MOST_CALLS = 20;
const LAYERS = 4;

/** Times both on files with so many MiB of the same weights, in pairs. Both read the file that Keras saved. */
export async function timeH5(ours: JsonProcess, peer: JsonProcess, mib: number, rounds: number): Promise<H5Run> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'trainyard-bench-h5-'));
  try {
    const { path: saved, bytes } = await peer.ask<{ path: string; bytes: number }>({ op: 'prepare', model: modelOf(mib), folder });
    await ours.ask({ op: 'prepare', saved, own: path.join(folder, 'trainyard.h5') });
    const pairs = {} as Record<H5Action, readonly Pair[]>;
    for (const what of h5Actions) pairs[what] = await timePairs(ours, peer, what, rounds);
    return { mib, bytes, pairs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timePairs(ours: JsonProcess, peer: JsonProcess, what: H5Action, rounds: number): Promise<Pair[]> {
  const time = async (process: JsonProcess, calls: number): Promise<number> => median((await process.ask<{ ms: number[] }>({ op: 'time', what, calls })).ms);
  const calls = new Map<JsonProcess, number>();
  for (const process of [ours, peer]) {
    await time(process, 1); // the first one meets code that has never run
    const usual = (await time(process, 1)) / 1000;
    calls.set(process, Math.max(1, Math.min(MOST_CALLS, Math.round(ROUND_SECONDS / usual))));
  }
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) pairs.push(await measurePair(round, () => time(ours, calls.get(ours) ?? 1), () => time(peer, calls.get(peer) ?? 1)));
  return pairs;
}

/** Dense layers whose weights take so many MiB, as Keras 2.0.8 describes them. */
export function modelOf(mib: number) {
  const units = Math.round(Math.sqrt((mib * 2 ** 20) / Float32Array.BYTES_PER_ELEMENT / LAYERS));
  const dense = (index: number) => ({
    class_name: 'Dense',
    config: { name: `dense_${index + 1}`, trainable: true, units, activation: 'linear', use_bias: true, ...(index === 0 && { batch_input_shape: [null, units], dtype: 'float32' }) },
  });
  return { class_name: 'Sequential', keras_version: '2.0.8', backend: 'tensorflow', config: Array.from({ length: LAYERS }, (_, index) => dense(index)) };
}
