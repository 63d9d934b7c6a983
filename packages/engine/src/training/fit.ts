import type { TrainingParams } from '../callbacks/callback.js';
import { type Batch, type BatchStream, rowsOf } from '../data/batch.js';
import { ModelDataError } from '../data/data-error.js';
import { arraySource, streamSource } from './batch-source.js';
import { evaluateArrays, evaluateStream, sliceBatch } from './evaluate.js';
import type { History } from './history.js';
import { type FitCommon, runTraining } from './run-training.js';
import type { Trainer } from './trainer.js';

/*
 * Who answers for what in a training (Keras 2.0.8, training.py):
 *   epochs, initial_epoch            run-training.ts: epochs [initialEpoch, epochs)
 *   batches and their order          the epoch's `BatchSource`: arrays (shuffle, batch size) or a stream (steps)
 *   batches trained in one run       the plan; their callbacks follow the run, in order
 *   validation_split                 `splitForValidation`: the last rows, before any shuffling
 *   validation                       once after an epoch's last batch; not when a batch stopped the training
 *   sample and class weights         `Trainer.standardize`, once for arrays, per batch for a stream
 *   metrics of an epoch              `RunningMean`: weighted by the batches' sizes, batches as they were trained
 *   callbacks                        `CallbackList`, in their order; the History records last, so it sees what they added
 *   stopping                         `control.stopTraining`, looked at after each run and each epoch
 *   going on from a snapshot         run-training.ts: where a run has ended, state is whole
 */

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
