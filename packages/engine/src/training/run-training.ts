import type { Json } from '@trainyard/keras-format';

import type { Callback, TrainingControl, TrainingParams } from '../callbacks/callback.js';
import type { ClassWeight } from '../data/class-weight.js';
import type { BatchSource, Run } from './batch-source.js';
import { CallbackList } from './callback-list.js';
import { emptyHistory, type History, recordEpoch } from './history.js';
import type { TrainingPlan } from './plan.js';
import { RunningMean, type RunningMeanState } from './running-mean.js';
import type { Logs, Trainer } from './trainer.js';

/** Where training stood when a run had ended: what another process goes on from, besides weights and counters. */
export interface ResumePoint {
  readonly history: History;
  readonly callbackStates: readonly Json[];
  /** What the epoch under way has come to; `undefined` at an epoch's end. */
  readonly epoch?: EpochPoint | undefined;
}

/** An epoch of which some batches, or all, have been trained, and which has not been validated. */
export interface EpochPoint {
  /** Batches of it that have been trained. */
  readonly batches: number;
  /** Its metrics so far. */
  readonly mean: RunningMeanState;
  /** Rows of the last of these batches. */
  readonly lastRows: number;
}

export interface FitCommon {
  readonly epochs: number;
  readonly initialEpoch?: number;
  readonly callbacks?: readonly Callback[];
  readonly classWeight?: ClassWeight | undefined;
  /** Go on from here: `initialEpoch` is then the first epoch that is not in the history. */
  readonly resume?: ResumePoint;
  /** After each epoch's callbacks, before the next epoch: the place to keep a ResumePoint. */
  readonly onEpochComplete?: (epoch: number, resume: () => ResumePoint) => Promise<void>;
  /** After each run within an epoch, before its validation: likewise. A hook that answers no promise costs no turn of the event loop. */
  readonly onRunComplete?: (epoch: number, resume: () => ResumePoint) => void | Promise<void>;
  /**
   * The signal has broken training off where its state is whole: between two runs or in a validation, which the next
   * process then does from its beginning. `fit` throws the signal's reason after it.
   */
  readonly onInterrupted?: (epoch: number, resume: () => ResumePoint) => Promise<void>;
  /** Asked for once training has begun. Default: one step a run. */
  readonly plan?: () => TrainingPlan | undefined;
  /** Aborts between runs; `fit` then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Metrics of the validation data, in the order of `metricsNames`. @param lastRows rows of the epoch's last batch */
export type Validate = (lastRows: number) => Promise<Float64Array>;

/** Trains epoch after epoch. */
export async function runTraining(trainer: Trainer, source: BatchSource, params: TrainingParams, options: FitCommon, validate: Validate | undefined): Promise<History> {
  const { resume } = options;
  const control = controlOf(trainer);
  const history = resume ? structuredClone(resume.history) : emptyHistory();
  const callbacks = new CallbackList(options.callbacks ?? [], control);
  await callbacks.trainBegin(params);
  if (resume) callbacks.restore(resume.callbackStates);
  const plan = options.plan?.();
  trainer.xla = plan?.xla;
  const stepsPerRun = callbacks.needEveryBatch ? 1 : (plan?.stepsPerRun ?? 1);
  await source.begin?.(trainer);
  const pointAt = (epoch?: EpochPoint): ResumePoint => ({ history: structuredClone(history), callbackStates: callbacks.states(), ...(epoch && { epoch }) });
  let begun = resume?.epoch;
  for (let epoch = params.initialEpoch; epoch < params.epochs && !control.stopTraining; epoch++) {
    if (begun) await callbacks.epochResume(epoch, begun.batches);
    else await callbacks.epochBegin(epoch);
    const running = new RunningEpoch(trainer, source, epoch, { callbacks, control, stepsPerRun, options, pointAt }, begun);
    begun = undefined;
    const logs = await running.run(validate);
    await callbacks.epochEnd(epoch, logs);
    recordEpoch(history, epoch, logs);
    await options.onEpochComplete?.(epoch, () => pointAt());
  }
  await callbacks.trainEnd();
  return history;
}

function controlOf(trainer: Trainer): TrainingControl {
  return {
    metricsNames: trainer.compiled.metricsNames,
    get lr() {
      return trainer.lr;
    },
    set lr(value) {
      trainer.lr = Math.fround(value);
    },
    stopTraining: false,
  };
}

/** What an epoch is made of, besides its batches. */
interface EpochParts {
  readonly callbacks: CallbackList;
  readonly control: TrainingControl;
  readonly stepsPerRun: number;
  readonly options: Pick<FitCommon, 'signal' | 'onRunComplete' | 'onInterrupted'>;
  readonly pointAt: (epoch: EpochPoint) => ResumePoint;
}

/** One epoch: its runs, and then its validation. */
class RunningEpoch {
  readonly #mean: RunningMean;
  #batches: number;
  #lastRows: number;

  /** @param begun what another process has trained of it */
  constructor(
    private readonly trainer: Trainer,
    private readonly source: BatchSource,
    private readonly epoch: number,
    private readonly parts: EpochParts,
    begun: EpochPoint | undefined,
  ) {
    this.#mean = new RunningMean(trainer.compiled.metricsNames.length, begun?.mean);
    this.#batches = begun?.batches ?? 0;
    this.#lastRows = begun?.lastRows ?? 0;
  }

  /** @returns the epoch's logs; without validation where a callback has stopped it. */
  async run(validate: Validate | undefined): Promise<Logs> {
    await this.#train();
    const logs = this.trainer.logs(this.#mean.value());
    if (this.#batches < this.source.steps || !validate) return logs;
    for (const [name, value] of Object.entries(this.trainer.logs(await this.#validate(validate)))) logs[`val_${name}`] = value;
    return logs;
  }

  async #train(): Promise<void> {
    const { source, trainer } = this;
    const { callbacks, control, options } = this.parts;
    let next = this.#prepare(this.#batches);
    while (this.#batches < source.steps) {
      if (options.signal?.aborted) await this.#interrupted(options.signal);
      const run = await next;
      const { rows } = run as Run;
      const running = (run as Run).train(trainer);
      // The next batches are gathered while these train.
      next = this.#prepare(this.#batches + rows.length);
      for (const [i, metrics] of (await running).entries()) {
        this.#lastRows = rows[i] ?? 0;
        this.#mean.add(metrics, this.#lastRows);
        await callbacks.batchEnd(this.#batches, trainer.logs(metrics), this.#lastRows);
        this.#batches++;
      }
      if (control.stopTraining) return;
      const kept = options.onRunComplete?.(this.epoch, () => this.#point());
      if (kept) await kept;
    }
  }

  /** The run that begins at a batch; none at the epoch's end. */
  #prepare(at: number): Run | Promise<Run> | undefined {
    const left = this.source.steps - at;
    if (left <= 0) return undefined;
    const run = this.source.run(this.epoch, at, nextRun(left, this.parts.stepsPerRun));
    // A failure shows when the run is awaited, not as an unhandled rejection while another trains.
    if (run instanceof Promise) run.catch(() => undefined);
    return run;
  }

  /** A validation that is broken off has changed nothing but the states of stateful layers, which are put back. */
  async #validate(validate: Validate): Promise<Float64Array> {
    const { signal } = this.parts.options;
    const { program } = this.trainer;
    const names = program.states.map(({ name }) => name);
    const before = signal && names.length > 0 ? await program.read(names) : [];
    try {
      return await validate(this.#lastRows);
    } catch (error) {
      if (!signal?.aborted) throw error;
      await program.write(new Map(before.map((value, i) => [names[i] ?? '', value])));
      return this.#interrupted(signal);
    }
  }

  async #interrupted(signal: AbortSignal): Promise<never> {
    await this.parts.options.onInterrupted?.(this.epoch, () => this.#point());
    throw signal.reason;
  }

  #point(): ResumePoint {
    return this.parts.pointAt({ batches: this.#batches, mean: this.#mean.state(), lastRows: this.#lastRows });
  }
}

/** How many of the `left` batches of an epoch the next run takes: all runs about the same, so that few sizes are traced. */
function nextRun(left: number, stepsPerRun: number): number {
  return Math.ceil(left / Math.ceil(left / stepsPerRun));
}
