import { createJobCallbacks } from './callbacks/create.js';
import { Monitor } from './callbacks/monitor.js';
import { SampleRows } from './callbacks/sample-rows.js';
import { type FitCommon, ProgressLog, type SnapshotState, type Trainer } from '@trainyard/engine';
import type { Attempt } from './attempt.js';
import { feedArrays, feedStream } from './feed.js';
import type { JobData } from './open-dataset.js';
import { withPatience } from './patience.js';
import { settleTraining } from './plan/settle-training.js';
import { BestEpoch } from './records/best.js';
import { EventFiles, positionFromFiles } from './records/event-files.js';
import { keepProgress } from './records/keep-progress.js';

/** What a training is made of. */
export interface TrainingParts {
  readonly attempt: Attempt;
  readonly trainer: Trainer;
  readonly data: JobData;
  /** Where an earlier attempt's snapshot goes on. */
  readonly resumed: SnapshotState | undefined;
}

/** A training that is ready to run, or has run. */
export interface Training {
  readonly trainer: Trainer;
  readonly monitor: Monitor;
  readonly best: BestEpoch;
  readonly events: EventFiles;
  /** Trains until the last epoch, or until a callback or somebody outside stops it. */
  run(): Promise<void>;
}

/*
 * Who answers for what:
 *   rows in memory, or a stream of batches   feed.ts
 *   epochs, batches, validation, History     the engine's `fit` and `fitGenerator`
 *   the job's own callbacks                  callbacks/create.ts, in the order of the request
 *   Keras's lines in the log                 the callbacks, and `ProgressLog` after them
 *   steps, progress, stopping from outside   `Monitor`, the last of the callbacks
 *   the plan, and how many steps are kept    plan/settle-training.ts, once a job
 *   what is kept of epochs, snapshots        records/keep-progress.ts
 *   spans                                    stage.ts around each stage, records/epoch-spans.ts of epochs
 */
export async function prepareTraining(parts: TrainingParts): Promise<Training> {
  const { attempt, trainer, resumed } = parts;
  const { spec } = attempt.order;
  const settings = spec.fit ?? spec.fit_generator;
  if (!settings) throw neither(attempt);
  const events = new EventFiles(attempt);
  await withPatience(() => events.restore(positionFromFiles(resumed?.files)));
  const monitor = new Monitor(attempt, events, {
    step: resumed?.step ?? 0,
    verbose: settings.verbose,
    settle: (training) => settleTraining(parts, { batchSize: settings.batch_size, ...training }),
  });
  const best = new BestEpoch(spec.callbacks, attempt.order.best);
  const sample = new SampleRows(settings.batch_size);
  const own = createJobCallbacks({ attempt, trainer, best, events, step: () => monitor.step, sampleRows: () => sample.take() });
  const progress = new ProgressLog(settings.verbose, (line) => attempt.log('info', line));
  const common: FitCommon = {
    epochs: settings.epochs,
    initialEpoch: resumed?.nextEpoch ?? settings.initial_epoch,
    callbacks: [...own, progress, monitor],
    plan: () => monitor.plan,
    classWeight: settings.class_weight ?? undefined,
    ...(resumed && { resume: resumed.resume }),
    ...keepProgress({ attempt, trainer, monitor, best, events }),
    signal: attempt.wishes.signal,
  };
  const run = feedOf(parts, common, sample);
  return { trainer, monitor, best, events, run };
}

function feedOf(parts: TrainingParts, common: FitCommon, sample: SampleRows): () => Promise<void> {
  const { fit, fit_generator } = parts.attempt.order.spec;
  if (fit) return feedArrays(parts, fit, common, sample);
  if (fit_generator) return feedStream(parts, fit_generator, common, sample);
  throw neither(parts.attempt);
}

const neither = ({ order }: Attempt): Error => new Error(`${order.ref.jobId}: expected fit or fit_generator in the spec, found neither`);
