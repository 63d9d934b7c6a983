import type { Json } from '@trainyard/keras-format';

import type { Callback, TrainingControl, TrainingParams } from '../callbacks/callback.js';
import { type Batch, type BatchStream, rowsOf } from '../data/batch.js';
import type { ClassWeight } from '../data/class-weight.js';
import { ModelDataError } from '../data/data-error.js';
import { arraySource, type BatchSource, type Run, streamSource } from './batch-source.js';
import { CallbackList } from './callback-list.js';
import { evaluateArrays, evaluateStream, sliceBatch } from './evaluate.js';
import { emptyHistory, type History, recordEpoch } from './history.js';
import type { TrainingPlan } from './plan.js';
import { RunningMean } from './running-mean.js';
import type { Logs, Trainer } from './trainer.js';

/*
 * Who answers for what in a training (Keras 2.0.8, training.py):
 *   epochs, initial_epoch            `train` below: epochs [initialEpoch, epochs)
 *   batches and their order          the epoch's `BatchSource`: arrays (shuffle, batch size) or a stream (steps)
 *   batches trained in one run       the plan; their callbacks follow the run, in order
 *   validation_split                 `splitForValidation`: the last rows, before any shuffling
 *   validation                       once after an epoch's last batch; not when a batch stopped the training
 *   sample and class weights         `Trainer.standardize`, once for arrays, per batch for a stream
 *   metrics of an epoch              `RunningMean`: weighted by the batches' sizes, batches as they were trained
 *   callbacks                        `CallbackList`, in their order; the History records last, so it sees what they added
 *   stopping                         `control.stopTraining`, looked at after each run and each epoch
 */

/** Where training stood at the end of an epoch: what the next attempt starts from. */
export interface ResumePoint {
  readonly history: History;
  readonly callbackStates: readonly Json[];
}

export interface FitCommon {
  readonly epochs: number;
  readonly initialEpoch?: number;
  readonly callbacks?: readonly Callback[];
  readonly classWeight?: ClassWeight | undefined;
  /** Go on from here: `initialEpoch` is then the first epoch not in the history. */
  readonly resume?: ResumePoint;
  /** After each epoch's callbacks, before the next epoch: the place to keep a ResumePoint. */
  readonly onEpochComplete?: (epoch: number, resume: () => ResumePoint) => Promise<void>;
  /** Asked for once training has begun. Default: one step a run. */
  readonly plan?: () => TrainingPlan | undefined;
  /** Aborts between runs; `fit` then throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface FitOptions extends FitCommon {
  readonly batchSize: number;
  readonly shuffle?: boolean | 'batch';
  readonly validationSplit?: number;
  readonly validationData?: Batch | undefined;
  /** Batches an epoch, the first of its order; all unless given (Keras 2.0.9 and later). */
  readonly stepsPerEpoch?: number | undefined;
  /** Batches of the validation data, the first ones; all unless given. */
  readonly validationSteps?: number | undefined;
}

export interface FitGeneratorOptions extends FitCommon {
  readonly stepsPerEpoch: number;
  /** Arrays, in batches as large as the epoch's last one unless `batchSize` says otherwise; or a stream of which each epoch takes `steps` batches. */
  readonly validation?: { readonly data: Batch; readonly batchSize?: number } | { readonly stream: AsyncIterator<Batch>; readonly steps: number } | undefined;
}

/** Keras's `fit`: arrays in memory. */
export async function fit(trainer: Trainer, data: Batch, options: FitOptions): Promise<History> {
  const { train, validation } = splitForValidation(trainer, data, options);
  const samples = rowsOf(train);
  if (samples === 0) throw new ModelDataError('no_data', 'x', 'expected at least one row to train on, received none');
  const { batchSize, stepsPerEpoch, validationSteps } = options;
  const steps = limitSteps('steps_per_epoch', stepsPerEpoch, samples, batchSize);
  const params: TrainingParams = {
    epochs: options.epochs,
    initialEpoch: options.initialEpoch ?? 0,
    steps,
    batchSize,
    samples: stepsPerEpoch === undefined ? samples : undefined,
    validationSamples: validation && rowsOf(validation),
    doValidation: validation !== undefined,
  };
  const source = { ...arraySource(train, { batchSize, shuffle: options.shuffle ?? true, seed: trainer.seed }), steps };
  const validated = validation && sliceBatch(validation, 0, Math.min(rowsOf(validation), limitSteps('validation_steps', validationSteps, rowsOf(validation), batchSize) * batchSize));
  const validate = validated && (() => evaluateArrays(trainer, validated, batchSize, options.signal));
  return runTraining(trainer, source, params, options, validate);
}

/** Batches of an epoch over arrays. @throws ModelDataError when more are asked for than there are. */
function limitSteps(name: string, asked: number | undefined, samples: number, batchSize: number): number {
  const all = Math.ceil(samples / batchSize);
  if (asked !== undefined && asked > all) throw new ModelDataError('no_data', name, `expected at most ${all} batches (${samples} rows in batches of ${batchSize}), received ${asked}`);
  return asked ?? all;
}

/** Keras's `fit_generator`: an endless stream, `stepsPerEpoch` batches of which are an epoch. */
export async function fitGenerator(trainer: Trainer, stream: AsyncIterator<Batch> | BatchStream, options: FitGeneratorOptions): Promise<History> {
  const { validation } = options;
  const params: TrainingParams = { epochs: options.epochs, initialEpoch: options.initialEpoch ?? 0, steps: options.stepsPerEpoch, doValidation: validation !== undefined };
  const source = streamSource(stream, options.stepsPerEpoch, (batch) => trainer.standardize(batch, options.classWeight));
  const arrays = validation && 'data' in validation ? { ...validation, data: trainer.standardize(validation.data) } : undefined;
  const validate =
    validation &&
    ((lastRows: number) =>
      'stream' in validation
        ? evaluateStream(trainer, validation.stream, validation.steps, options.signal)
        : evaluateArrays(trainer, (arrays ?? validation).data, validation.batchSize ?? lastRows, options.signal));
  return runTraining(trainer, source, params, options, validate);
}

async function runTraining(trainer: Trainer, source: BatchSource, params: TrainingParams, options: FitCommon, validate: ((lastRows: number) => Promise<Float64Array>) | undefined): Promise<History> {
  const control: TrainingControl = {
    metricsNames: trainer.compiled.metricsNames,
    get lr() {
      return trainer.lr;
    },
    set lr(value) {
      trainer.lr = Math.fround(value);
    },
    stopTraining: false,
  };
  const history = options.resume ? structuredClone(options.resume.history) : emptyHistory();
  const callbacks = new CallbackList(options.callbacks ?? [], control);
  await callbacks.trainBegin(params);
  if (options.resume) callbacks.restore(options.resume.callbackStates);
  const plan = options.plan?.();
  trainer.xla = plan?.xla;
  const stepsPerRun = callbacks.needEveryBatch ? 1 : (plan?.stepsPerRun ?? 1);
  await source.begin?.(trainer);
  for (let epoch = params.initialEpoch; epoch < params.epochs && !control.stopTraining; epoch++) {
    await callbacks.epochBegin(epoch);
    const { logs, complete, lastRows } = await runEpoch(trainer, source, epoch, { callbacks, control, stepsPerRun, signal: options.signal });
    if (complete && validate) for (const [name, value] of Object.entries(trainer.logs(await validate(lastRows)))) logs[`val_${name}`] = value;
    await callbacks.epochEnd(epoch, logs);
    recordEpoch(history, epoch, logs);
    await options.onEpochComplete?.(epoch, () => ({ history: structuredClone(history), callbackStates: callbacks.states() }));
  }
  await callbacks.trainEnd();
  return history;
}

/** What an epoch is made of, besides its batches. */
interface EpochParts {
  readonly callbacks: CallbackList;
  readonly control: TrainingControl;
  readonly stepsPerRun: number;
  readonly signal: AbortSignal | undefined;
}

async function runEpoch(trainer: Trainer, source: BatchSource, epoch: number, { callbacks, control, stepsPerRun, signal }: EpochParts): Promise<{ logs: Logs; complete: boolean; lastRows: number }> {
  const mean = new RunningMean(trainer.compiled.metricsNames.length);
  const prepare = (at: number): Run | Promise<Run> => {
    const run = source.run(epoch, at, nextRun(source.steps - at, stepsPerRun));
    // A failure shows when the run is awaited, not as an unhandled rejection while another trains.
    if (run instanceof Promise) run.catch(() => undefined);
    return run;
  };
  let next = prepare(0);
  let step = 0;
  let lastRows = 0;
  while (step < source.steps) {
    signal?.throwIfAborted();
    const run = await next;
    const { rows } = run;
    const running = run.train(trainer);
    // The next batches are gathered while these train.
    if (step + rows.length < source.steps) next = prepare(step + rows.length);
    for (const [i, metrics] of (await running).entries()) {
      lastRows = rows[i] ?? 0;
      mean.add(metrics, lastRows);
      await callbacks.batchEnd(step, trainer.logs(metrics), lastRows);
      step++;
    }
    if (control.stopTraining) break;
  }
  return { logs: trainer.logs(mean.value()), complete: step === source.steps, lastRows };
}

/** How many of the `left` batches of an epoch the next run takes: all runs about the same, so that few sizes are traced. */
function nextRun(left: number, stepsPerRun: number): number {
  return Math.ceil(left / Math.ceil(left / stepsPerRun));
}

/** `validation_data`, or the last `validation_split` of the rows (Keras: from floor(rows·(1 − split)) on). */
function splitForValidation(trainer: Trainer, data: Batch, { validationSplit = 0, validationData, classWeight }: FitOptions): { train: Batch; validation: Batch | undefined } {
  const all = trainer.standardize(data, classWeight);
  if (validationData) return { train: all, validation: trainer.standardize(validationData) };
  if (validationSplit <= 0) return { train: all, validation: undefined };
  const rows = rowsOf(all);
  const at = Math.floor(rows * (1 - validationSplit));
  if (at === 0 || at === rows)
    throw new ModelDataError('no_data', 'validation_split', `expected a split that leaves rows on both sides, received ${validationSplit} of ${rows} rows`);
  return { train: sliceBatch(all, 0, at), validation: sliceBatch(all, at, rows) };
}
