import { hasImages } from '../model/has-images.js';
import type { Model } from '../model/model.js';
import { operationsOfRow } from '../model/operations.js';
import type { StepDefinition } from '../runtime/runtime.js';

/**
 * Operations of a prediction up to which it runs in the calling thread. An MLP of 5,500 weights answers one row in 0.02 ms
 * there, in 0.09 through TensorFlow's threads; 92 million operations of a recurrent one take 0.7 ms.
 */
const MAX_INLINE_OPERATIONS = 100e6;

/**
 * Rows up to which recurrent layers are compiled. With more, products are most of a turn: 128 rows of an LSTM of 128 units
 * take 33 ms with XLA and 32 without, 32 rows 6.8 and 8.9, one row 0.48 and 1.18.
 */
const MAX_COMPILED_ROWS = 32;

/**
 * How predictions of `rows` rows run: a function of the model and of the number of rows alone, so that equal requests are
 * answered alike to the bit.
 *
 * Recurrent layers are compiled: a turn of their loop takes 1 to 4 µs then, and 11 to 13 without (one row; `node bench/predict-plans.mjs`).
 * Of a model that has images, too, only the loops: XLA's convolutions on a CPU are slower than TensorFlow's.
 */
export function planPrediction(model: Model, rows: number): Pick<StepDefinition, 'xla' | 'inline'> {
  const inline = rows * operationsOfRow(model) <= MAX_INLINE_OPERATIONS;
  if (!model.loopsOverTime || rows > MAX_COMPILED_ROWS) return { inline };
  return hasImages(model) ? { xla: 'parts' } : { xla: 'step', inline };
}
