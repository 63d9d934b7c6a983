import type { TrialContext } from '../trial.js';

export const consumedAgainWithinMs = 10_000;

export const promises = {
  lost: 'no acknowledged job is lost, and none is there twice',
  ended: 'every acknowledged job succeeds',
  same: 'each comes to what it comes to undisturbed: the same History to the last digit, and a final checkpoint',
  accepted: 'POSTs are acknowledged while Redis is away',
  consumed: `workers consume again within ${consumedAgainWithinMs / 1000} s of the end of an outage`,
  storage: 'jobs that S3 was away from have all of their files in the end',
} as const;

export type OutagesContext = TrialContext<keyof typeof promises>;
