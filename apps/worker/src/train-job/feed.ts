import { DataError, type Dataset } from '@trainyard/dataset';
import { fit, fitGenerator, type FitCommon, type FitGeneratorOptions, type Trainer } from '@trainyard/engine';
import type { Fit, FitGenerator } from '@trainyard/protocol';
import { blankBatch } from './build-model.js';
import type { SampleRows } from './callbacks/sample-rows.js';
import type { TrainingParts } from './fit.js';
import { keepStates } from './keep-states.js';
import { PlacedError } from './placed-error.js';

/** `fit`: all rows are in memory. */
export function feedArrays({ trainer, data }: TrainingParts, settings: Fit, common: FitCommon, sample: SampleRows): () => Promise<void> {
  const { train, validation: validationData } = data.loaded;
  if (!train) throw new Error('fit: the rows to train on have not been loaded');
  sample.from(validationData ?? train);
  const options = { ...common, batchSize: settings.batch_size, shuffle: settings.shuffle, validationSplit: settings.validation_split, validationData, stepsPerEpoch: settings.steps_per_epoch ?? undefined, validationSteps: settings.validation_steps ?? undefined };
  return async () => {
    await fit(trainer, train, options);
  };
}

/** `fit_generator`: rows are streamed while they are trained on. */
export function feedStream(parts: TrainingParts, settings: FitGenerator, common: FitCommon, sample: SampleRows): () => Promise<void> {
  const { attempt, trainer, data, resumed } = parts;
  const { signal } = attempt.wishes;
  const batchSize = settings.batch_size;
  const stepsPerEpoch = settings.steps_per_epoch ?? batchesOfPass(data.train, batchSize);
  if (stepsPerEpoch === undefined)
    throw new PlacedError('/fit_generator/steps_per_epoch', new DataError('steps_per_epoch', 'expected a number: how many rows the source has is not known before it has been read'));
  const { seed } = attempt.order.spec;
  const { shuffle, max_queue_size: maxQueueSize, workers } = settings;
  const stream = data.train.stream({ batchSize, seed, shuffle, startBatch: (attempt.order.spec.continued?.steps ?? 0) + (resumed?.step ?? 0), maxQueueSize, workers, signal });
  const validation = validationOf(parts, settings, sample);
  return async () => {
    try {
      await fitGenerator(trainer, stream, { ...common, stepsPerEpoch, validation });
    } finally {
      await stream.close();
      if (validation && 'stream' in validation) await validation.stream.return?.();
    }
  };
}

/** `validation_steps` batches of a stream, or one pass; where the number of rows is not known, the rows in memory. */
function validationOf({ attempt, data, resumed }: TrainingParts, settings: FitGenerator, sample: SampleRows): FitGeneratorOptions['validation'] {
  const { validation: dataset, loaded } = data;
  const { batch_size: batchSize, max_queue_size: maxQueueSize, workers } = settings;
  if (loaded.validation) {
    sample.from(loaded.validation);
    return { data: loaded.validation, batchSize };
  }
  const steps = settings.validation_steps ?? (dataset && batchesOfPass(dataset, batchSize));
  if (!dataset || steps === undefined) return undefined;
  const options = { batchSize, seed: attempt.order.spec.seed, shuffle: false };
  sample.fromStream(() => dataset.stream({ ...options, maxQueueSize: 1 }));
  const epochsDone = (attempt.order.spec.continued?.epochs ?? 0) + (resumed?.nextEpoch ?? settings.initial_epoch) - settings.initial_epoch;
  const stream = dataset.stream({ ...options, maxQueueSize, workers, startBatch: epochsDone * steps, signal: attempt.wishes.signal });
  return { stream, steps };
}

function batchesOfPass({ rows }: Dataset, batchSize: number): number | undefined {
  return rows === undefined ? undefined : Math.ceil(rows / batchSize);
}

/** Milliseconds of a forward pass over one batch: less than a step of training takes. The first one is traced, and not counted. */
export async function timeStep(trainer: Trainer, dataset: Dataset, batchSize: number): Promise<number> {
  const batch = trainer.standardize(blankBatch(dataset, Math.min(batchSize, dataset.rows ?? batchSize)));
  return keepStates(trainer.program, async () => {
    await trainer.evaluateBatch(batch);
    const start = performance.now();
    await trainer.evaluateBatch(batch);
    return performance.now() - start;
  });
}
