import type { TrialContext } from '../trial.js';

/** A stopped worker that goes on must have noticed, and ended its attempt, within this time. */
export const noticedWithinMs = 10_000;

export const promises = {
  taken: 'another worker takes over while the worker is stopped',
  ended: 'every job succeeds',
  same: 'what it comes to is byte for byte what it comes to undisturbed: no row twice, none missing',
  rows: 'nothing is written by an attempt once a later one has begun',
  checkpoints: "no checkpoint is overwritten: each file is what its row says, and those that were there when the worker went on are unchanged",
  noticed: `a worker that goes on ends the attempt that it has lost within ${noticedWithinMs / 1000} s, and can be used again`,
} as const;

export type StaleWorkerContext = TrialContext<keyof typeof promises>;
