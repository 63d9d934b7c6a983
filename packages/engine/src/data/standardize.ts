import { cast, type NdArray } from '@trainyard/ndarray';

import type { CompiledModel } from '../compile/compile-model.js';
import { inputRanges } from '../model/input-range.js';
import type { Model } from '../model/model.js';
import { fits, shapeText } from '../shape.js';
import { type Batch, rowsOf } from './batch.js';
import { ModelDataError } from './data-error.js';
import { classWeights, type ClassWeight } from './class-weight.js';

/**
 * Checks arrays against what a model takes, as Keras's `_standardize_user_data` does, and gives them the dtypes that it is
 * fed: [n] becomes [n, 1], targets and weights become float32.
 * @throws ModelDataError naming the input or target.
 */
export function standardizeInputs(model: Model, x: readonly NdArray[]): NdArray[] {
  if (x.length !== model.inputs.length)
    throw new ModelDataError('wrong_count', 'x', `expected ${model.inputs.length} arrays (${model.inputs.map(({ name }) => name).join(', ')}), received ${x.length}`);
  const arrays = model.inputs.map((input, i) => {
    const place = `x, input "${input.name}"`;
    const array = cast(withColumn(x[i] as NdArray, input.shape.length), input.dtype);
    if (!fits([null, ...input.shape.slice(1)], array.shape))
      throw new ModelDataError('wrong_shape', place, `expected an array of shape ${shapeText(input.shape)}, received (${array.shape.join(', ')})`);
    return array;
  });
  requireSameRows(arrays, 'x');
  for (const { input, limit, layer } of inputRanges(model)) requireRange(arrays[input] as NdArray, limit, `x, input "${model.inputs[input]?.name}"`, layer);
  return arrays;
}

/** The same for inputs, targets and weights. Class weights become sample weights where there are none. */
export function standardizeBatch(compiled: CompiledModel, batch: Batch, classWeight?: ClassWeight): Batch {
  const x = standardizeInputs(compiled.model, batch.x);
  const { outputs } = compiled;
  if (batch.y.length !== outputs.length)
    throw new ModelDataError('wrong_count', 'y', `expected ${outputs.length} arrays (${outputs.map(({ name }) => name).join(', ')}), received ${batch.y.length}`);
  const rows = rowsOf({ x, y: [] });
  const y = outputs.map((output, i) => {
    const place = `y, output "${output.name}"`;
    const array = cast(withColumn(batch.y[i] as NdArray, output.targetShape.length + 1), 'float32');
    if (output.lossName === 'categorical_crossentropy' && array.shape.at(-1) === 1 && output.targetShape.at(-1) !== 1)
      throw new ModelDataError('wrong_shape', place, `expected one-hot targets of shape ${shapeText([null, ...output.targetShape])} for categorical_crossentropy, received (${array.shape.join(', ')}); use to_categorical, or sparse_categorical_crossentropy for integers`);
    if (!fits([null, ...output.targetShape], array.shape))
      throw new ModelDataError('wrong_shape', place, `expected an array of shape ${shapeText([null, ...output.targetShape])}, received (${array.shape.join(', ')})`);
    if (array.shape[0] !== rows) throw new ModelDataError('wrong_count', place, `expected as many rows as x, ${rows}, received ${array.shape[0]}`);
    if (output.lossName === 'sparse_categorical_crossentropy') requireRange(array, compiled.model.outputs[i]?.shape.at(-1) ?? Infinity, place, output.name);
    return array;
  });
  const sampleWeight = outputs.map((output, i) => {
    const given = batch.sampleWeight?.[i];
    if (!given) return classWeight && classWeights(classWeight, output.name, y[i] as NdArray, outputs.length > 1);
    const expected = [rows, ...(output.temporal ? [y[i]?.shape[1] ?? 0] : [])];
    const array = cast(given, 'float32');
    if (array.shape.join() !== expected.join())
      throw new ModelDataError('wrong_shape', `sample_weight, output "${output.name}"`, `expected an array of shape (${expected.join(', ')}), received (${array.shape.join(', ')})`);
    return array;
  });
  return { x, y, sampleWeight };
}

function withColumn(array: NdArray, rank: number): NdArray {
  return array.shape.length === 1 && rank === 2 ? { ...array, shape: [array.shape[0] ?? 0, 1] } : array;
}

function requireSameRows(arrays: readonly NdArray[], place: string): void {
  const rows = arrays.map(({ shape }) => shape[0] ?? 0);
  if (new Set(rows).size > 1) throw new ModelDataError('wrong_count', place, `expected as many rows in every input, received ${rows.join(', ')}`);
}

/** An index out of range fails a CPU kernel without naming its row, and a GPU answers zeros for it. */
function requireRange(array: NdArray, limit: number, place: string, by: string): void {
  const { data, shape } = array;
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (value >= 0 && value < limit && Number.isInteger(value)) continue;
    const row = Math.floor(i / (data.length / Math.max(1, shape[0] ?? 1)));
    throw new ModelDataError('value_out_of_range', `${place}, row ${row}`, `expected integers in [0, ${limit}) for "${by}", received ${value}`);
  }
}
