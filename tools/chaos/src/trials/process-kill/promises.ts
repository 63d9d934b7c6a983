import type { TrialContext } from '../trial.js';

export const runningAgainWithinMs = 20_000;
export const lostAtMostMs = 60_000;
export const drainedWithinMs = 20_000;

export const promises = {
  acknowledged: 'every job that was acknowledged is there, one for each Idempotency-Key',
  ended: 'every job succeeds, and comes to what it comes to undisturbed, byte for byte',
  again: `p95 from the kill to running again at most ${runningAgainWithinMs / 1000} s`,
  lost: `at most ${lostAtMostMs / 1000} s of work are lost`,
  drained: `a worker that is told to end has given its jobs back within ${drainedWithinMs / 1000} s`,
  children: 'no training process outlives its supervisor',
  predictions: 'a predict call is answered, if only with 503 while the predictor is away, and afterwards with the same numbers as before',
} as const;

export type ProcessKillPromise = keyof typeof promises;
export type ProcessKillContext = TrialContext<ProcessKillPromise>;
