import type { AttemptEnd } from '@trainyard/database';
import type { Attempt } from './attempt.js';
import type { Training } from './fit.js';
import { dropReplaced, saveCheckpoint } from './records/checkpoints.js';

const finalName = 'final.h5';

/** Ends a training that has come to its end: its final checkpoint, and all that is still to be stored. */
export async function finish(attempt: Attempt, training: Training): Promise<AttemptEnd> {
  await saveFinal(attempt, training);
  training.monitor.report(training.monitor.progress(true));
  return { status: 'succeeded', stopReason: training.monitor.stopReason ?? 'completed' };
}

/** Makes the final checkpoint of the weights as they are now, and waits until everything is stored. */
export async function saveFinal(attempt: Attempt, { trainer, monitor, best, events }: Training): Promise<void> {
  const metrics = { ...monitor.epochLogs };
  const nextEpoch = monitor.progress().epoch;
  const epoch = nextEpoch - 1;
  const lastIsBest = best.value?.epoch === epoch && best.value.checkpoint === null;
  monitor.flush();
  await saveCheckpoint(attempt, trainer, {
    filename: finalName,
    epoch: epoch < 0 ? null : epoch,
    step: monitor.step,
    kind: 'model',
    final: true,
    nextEpoch,
    metrics,
    best: (id) => (lastIsBest && best.value ? { ...best.value, checkpoint: id } : undefined),
  });
  dropReplaced(attempt);
  attempt.phases.enter('uploading');
  attempt.journal.add(() => events.dropOthers());
  await attempt.journal.flush();
}

