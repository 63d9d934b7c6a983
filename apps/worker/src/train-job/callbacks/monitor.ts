import { Callback, type Logs, type TrainingControl, type TrainingParams, type TrainingPlan } from '@trainyard/engine';
import { isJsonObject, type Json } from '@trainyard/keras-format';
import { decodeMetrics, encodeMetrics, type Metrics, type Progress, type StopReason } from '@trainyard/protocol';
import type { Attempt } from '../attempt.js';
import type { SettledTraining } from '../plan/settle-training.js';
import { EpochSpans } from '../records/epoch-spans.js';
import type { EventFiles } from '../records/event-files.js';
import { StepLog } from '../records/step-log.js';
import { RunningLogs } from './running-logs.js';

const reportEveryMs = 250;

export interface MonitorOptions {
  /** Steps trained before this attempt. */
  readonly step: number;
  /** Keras's `History.params` that the training itself does not know. */
  readonly verbose: number;
  /** Settles how a training of so many steps is executed and kept; `undefined` where it was stopped meanwhile. */
  readonly settle: (training: { readonly steps: number; readonly historyParams: Readonly<Record<string, Json>> }) => Promise<SettledTraining | undefined>;
}

/**
 * Watches a training, as the last of its callbacks: counts steps, keeps metrics of steps, tells progress, follows the
 * wishes of those outside.
 */
export class Monitor extends Callback {
  #step: number;
  #steps: StepLog | undefined;
  #plan: TrainingPlan | undefined;
  #params: TrainingParams | undefined;
  #epoch = 0;
  #batch = 0;
  #running = new RunningLogs();
  #epochLogs: Readonly<Logs> = {};
  #stopReason: StopReason | undefined;
  #lastReport = 0;
  readonly #spans = new EpochSpans();
  readonly #startedAt = performance.now();
  readonly #firstStep: number;

  constructor(
    private readonly attempt: Attempt,
    private readonly events: EventFiles,
    private readonly options: MonitorOptions,
  ) {
    super();
    this.#step = options.step;
    this.#firstStep = options.step;
  }

  /** Batches trained over the whole job. */
  get step(): number {
    return this.#step;
  }

  /** The job's plan, once training has begun. */
  get plan(): TrainingPlan | undefined {
    return this.#plan;
  }

  /** The newest epoch's metrics. */
  get epochLogs(): Readonly<Logs> {
    return this.#epochLogs;
  }

  /** Why training ended before its last epoch; undefined while, or when, it did not. */
  get stopReason(): StopReason | undefined {
    return this.#stopReason;
  }

  override async onTrainBegin(control: TrainingControl, params: TrainingParams): Promise<void> {
    this.#params = params;
    this.#epoch = params.initialEpoch;
    const steps = params.steps * (params.epochs - params.initialEpoch);
    const settled = await this.options.settle({ steps, historyParams: historyParams(params, this.options.verbose, control.metricsNames) });
    this.#plan = settled?.plan;
    this.#steps = settled && new StepLog(this.attempt, settled.metricsEvery);
    this.#follow(control);
  }

  override onEpochBegin(epoch: number): void {
    this.#spans.begin(epoch);
    this.attempt.phases.enter('training');
    this.#epoch = epoch;
    this.#batch = 0;
    this.#running = new RunningLogs();
  }

  override onEpochResume(epoch: number, batches: number): void {
    this.#spans.begin(epoch, batches);
    this.attempt.phases.enter('training');
    this.#epoch = epoch;
    this.#batch = batches;
  }

  override onBatchEnd(batch: number, logs: Readonly<Logs>, control: TrainingControl, samples: number): void {
    this.#step++;
    this.#batch = batch + 1;
    this.#running.add(logs, samples);
    const steps = this.#steps;
    if (steps && this.#step % steps.every === 0) {
      steps.add({ step: this.#step, epoch: this.#epoch, metrics: { ...logs } });
      this.events.add({ step: this.#step, summaries: Object.entries(logs).map(([name, value]) => ({ kind: 'scalar', tag: `batch_${name}`, value })) });
    }
    this.#follow(control);
    if (performance.now() - this.#lastReport >= reportEveryMs) this.report();
    if (this.#params?.doValidation && this.#batch === this.#params.steps && !control.stopTraining) this.attempt.phases.enter('validating');
  }

  override onEpochEnd(_epoch: number, logs: Logs, control: TrainingControl): void {
    if (control.stopTraining) this.#stopReason ??= 'early_stopping';
    this.#follow(control);
    this.#epochLogs = logs; // shared: what later callbacks add is seen too
    this.#epoch++;
    this.#batch = 0;
    this.#spans.end(this.#step);
  }

  /** Adds the storing of all that was kept of steps to the journal. */
  flush(): void {
    this.#steps?.flush();
    this.events.flush();
  }

  /** Tells the supervisor how far training has come. */
  report(progress = this.progress()): void {
    this.#lastReport = performance.now();
    this.attempt.report({ progress, latestMetrics: { ...this.#epochLogs, ...(this.#batch > 0 ? this.#running.means() : {}) } });
  }

  /** How far training has come. `done`: it goes no further. */
  progress(done = false): Progress {
    const { epochs = 0, initialEpoch = 0, steps = 0 } = this.#params ?? {};
    const total = (epochs - initialEpoch) * steps;
    const behind = (this.#epoch - initialEpoch) * steps + this.#batch;
    const speed = (this.#step - this.#firstStep) / (performance.now() - this.#startedAt);
    return {
      epoch: this.#epoch,
      epochs,
      step: this.#step,
      steps_per_epoch: steps,
      fraction: done || total === 0 ? 1 : behind / total,
      eta_s: done ? 0 : speed > 0 ? Math.round((total - behind) / speed / 100) / 10 : null,
    };
  }

  override state(): Json {
    return { running: this.#running.state(), epoch_logs: encodeMetrics(this.#epochLogs) };
  }

  override restore(state: Json): void {
    if (!isJsonObject(state)) return;
    this.#running = new RunningLogs(state['running']);
    if (isJsonObject(state['epoch_logs'])) this.#epochLogs = decodeMetrics(state['epoch_logs'] as Metrics);
  }

  #follow(control: TrainingControl): void {
    const { stop } = this.attempt.wishes;
    if (stop === undefined) return;
    this.#stopReason ??= stop;
    control.stopTraining = true;
  }
}

/** What Keras 2.0's `fit` and `fit_generator` put into `History.params`. */
function historyParams(params: TrainingParams, verbose: number, names: readonly string[]): Record<string, Json> {
  const metrics = params.doValidation ? [...names, ...names.map((name) => `val_${name}`)] : [...names];
  const arrays = params.batchSize !== undefined && params.samples !== undefined;
  const sizes = arrays ? { batch_size: params.batchSize, epochs: params.epochs, steps: null, samples: params.samples } : { epochs: params.epochs, steps: params.steps };
  return { ...(sizes as Record<string, Json>), verbose, do_validation: params.doValidation, metrics };
}
