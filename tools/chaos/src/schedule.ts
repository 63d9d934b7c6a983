import type { Trial } from './trials/trial.js';

/**
 * What is run after what: parts one after the other, of each part its lanes at the same time, of each lane its trials one
 * after the other. All trials run alone, except in a short run, where those that mostly wait for leases to expire run beside
 * those that mostly compute; trials with promises of milliseconds never have a neighbour.
 */
export function scheduleOf(trials: readonly Trial[], short: boolean): Trial[][][] {
  if (!short) return trials.map((trial) => [[trial]]);
  const of = (load: Trial['load']): Trial[] => trials.filter((trial) => trial.load === load);
  return [...of('exact').map((trial) => [[trial]]), [of('computes'), of('waits')].filter((lane) => lane.length > 0)];
}
