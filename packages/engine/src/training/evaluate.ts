import { type NdArray, sliceRows } from '@trainyard/ndarray';

import { type Batch, rowsOf } from '../data/batch.js';
import { ModelDataError } from '../data/data-error.js';
import { RunningMean } from './running-mean.js';
import type { Trainer } from './trainer.js';

/** Rows `[start, end)` of every array, as views. */
export function sliceBatch(batch: Batch, start: number, end: number): Batch {
  const slice = (array: NdArray): NdArray => sliceRows(array, start, end);
  return { x: batch.x.map(slice), y: batch.y.map(slice), sampleWeight: batch.sampleWeight?.map((array) => array && slice(array)) };
}

/** Keras's `evaluate` on arrays that `standardize` made: means over samples, in the order of `metricsNames`. */
export async function evaluateArrays(trainer: Trainer, data: Batch, batchSize: number, signal?: AbortSignal): Promise<Float64Array> {
  const rows = rowsOf(data);
  if (rows === 0) throw new ModelDataError('no_data', 'x', 'expected at least one row, received none');
  const mean = new RunningMean(trainer.compiled.metricsNames.length);
  for (let start = 0; start < rows; start += batchSize) {
    signal?.throwIfAborted();
    const batch = sliceBatch(data, start, Math.min(rows, start + batchSize));
    mean.add(await trainer.evaluateBatch(batch), rowsOf(batch));
  }
  return mean.value();
}

/** Keras's `evaluate_generator`: `steps` batches of a stream. */
export async function evaluateStream(trainer: Trainer, stream: AsyncIterator<Batch>, steps: number, signal?: AbortSignal): Promise<Float64Array> {
  const mean = new RunningMean(trainer.compiled.metricsNames.length);
  for (let step = 0; step < steps; step++) {
    signal?.throwIfAborted();
    const next = await stream.next();
    if (next.done) throw new ModelDataError('no_data', 'validation data', `expected ${steps} batches, received ${step}`);
    const batch = trainer.standardize(next.value);
    mean.add(await trainer.evaluateBatch(batch), rowsOf(batch));
  }
  return mean.value();
}
