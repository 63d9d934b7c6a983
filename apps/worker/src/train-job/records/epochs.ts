import { recordEpoch } from '@trainyard/database';
import type { FitCommon, Trainer } from '@trainyard/engine';
import type { Attempt } from '../attempt.js';
import type { Monitor } from '../callbacks/monitor.js';
import type { BestEpoch } from './best.js';
import type { EventFiles } from './event-files.js';
import { Snapshots } from './snapshots.js';

/** Writes that may wait while training goes on. */
const waitingWrites = 64;

export interface EpochSources {
  readonly attempt: Attempt;
  readonly trainer: Trainer;
  readonly monitor: Monitor;
  readonly best: BestEpoch;
  readonly events: EventFiles;
}

/**
 * Keeps what an epoch has brought: its row of the History, its scalars, and the snapshot after it.
 */
export function keepEpochs({ attempt, trainer, monitor, best, events }: EpochSources): NonNullable<FitCommon['onEpochComplete']> {
  const { order, database, journal } = attempt;
  const snapshots = new Snapshots(attempt, trainer);
  return async (epoch, resume) => {
    const metrics = { ...monitor.epochLogs };
    best.see(epoch, metrics, null);
    const end = { epoch, step: monitor.step, metrics, progress: monitor.progress(), best: best.value };
    journal.add(() => recordEpoch(database, order.ref, end));
    events.add({ step: epoch, summaries: Object.entries(metrics).map(([tag, value]) => ({ kind: 'scalar', tag, value })) });
    monitor.report();
    // None after an epoch that ends the training early: a snapshot does not say so, and the next attempt would go on.
    if (monitor.stopReason === undefined && snapshots.due) {
      monitor.flush();
      await snapshots.take({ nextEpoch: epoch + 1, step: monitor.step, resume: resume() });
    }
    await journal.room(waitingWrites);
  };
}
