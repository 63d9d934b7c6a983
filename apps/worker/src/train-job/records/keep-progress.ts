import { recordEpoch } from '@trainyard/database';
import type { FitCommon, ResumePoint, Trainer } from '@trainyard/engine';
import type { Attempt } from '../attempt.js';
import type { Monitor } from '../callbacks/monitor.js';
import { InterruptedError } from '../wishes.js';
import type { BestEpoch } from './best.js';
import { positionToFiles, type EventFiles } from './event-files.js';
import { Snapshots } from './snapshots.js';

/** Writes that may wait while training goes on. */
const waitingWrites = 64;

export interface ProgressSources {
  readonly attempt: Attempt;
  readonly trainer: Trainer;
  readonly monitor: Monitor;
  readonly best: BestEpoch;
  readonly events: EventFiles;
}

/**
 * Keeps how far training has come: of each epoch its row of the History and its scalars, and snapshots after epochs, within
 * them, and where the attempt is broken off to go on later.
 */
export function keepProgress({ attempt, trainer, monitor, best, events }: ProgressSources): Pick<FitCommon, 'onEpochComplete' | 'onRunComplete' | 'onInterrupted'> {
  const { order, database, journal, wishes } = attempt;
  const snapshots = new Snapshots(attempt, trainer);
  /** All that was kept of steps is stored before the snapshot: a rewind to it loses nothing. */
  const snapshot = (nextEpoch: number, resume: ResumePoint): Promise<void> => {
    monitor.flush();
    return snapshots.take({ nextEpoch, step: monitor.step, resume, files: positionToFiles(events.position()) });
  };
  return {
    onEpochComplete: async (epoch, resume) => {
      const metrics = { ...monitor.epochLogs };
      best.see(epoch, metrics, null);
      const end = { epoch, step: monitor.step, metrics, progress: monitor.progress(), best: best.value };
      journal.add(() => recordEpoch(database, order.ref, end));
      events.add({ step: epoch, summaries: Object.entries(metrics).map(([tag, value]) => ({ kind: 'scalar', tag, value })) });
      monitor.report();
      // None after an epoch that ends the training early: a snapshot does not say so, and the next attempt would go on.
      if (monitor.stopReason === undefined && snapshots.dueAfterEpoch) await snapshot(epoch + 1, resume());
      await journal.room(waitingWrites);
    },
    onRunComplete: (epoch, resume) => {
      return monitor.stopReason === undefined && snapshots.dueWithinEpoch ? snapshot(epoch, resume()) : undefined;
    },
    onInterrupted: async (epoch, resume) => {
      const reason: unknown = wishes.signal.reason;
      monitor.report();
      if (reason instanceof InterruptedError && reason.goesOn) await snapshot(epoch, resume());
    },
  };
}
