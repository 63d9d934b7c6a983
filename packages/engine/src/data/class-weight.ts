import type { NdArray } from '@trainyard/ndarray';

import { ModelDataError } from './data-error.js';

/** Class → weight; for a model of several outputs, output → (class → weight). */
export type ClassWeight = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/**
 * One weight a sample, by the class of its target: the largest entry of a one-hot row, or the integer itself.
 * @throws ModelDataError when a class has no weight (Keras 2.0 refuses it too).
 */
export function classWeights(classWeight: ClassWeight, output: string, target: NdArray, several: boolean): NdArray | undefined {
  const table = several ? classWeight[output] : classWeight;
  if (table === undefined) return undefined;
  const place = `class_weight, output "${output}"`;
  if (typeof table === 'number') throw new ModelDataError('missing_class_weight', place, 'expected an object of weights by class for each output');
  if (target.shape.length > 2) throw new ModelDataError('wrong_shape', place, `expected targets of 2 dimensions, received (${target.shape.join(', ')})`);
  const [rows = 0, width = 1] = target.shape;
  const weights = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const entries = target.data.subarray(row * width, (row + 1) * width);
    let chosen = 0;
    for (let i = 1; i < width; i++) if (Number(entries[i]) > Number(entries[chosen])) chosen = i;
    const name = String(width > 1 ? chosen : Number(entries[0]));
    const weight = table[name];
    if (typeof weight !== 'number')
      throw new ModelDataError('missing_class_weight', place, `expected a weight for every class of the data; there is none for class ${name}, only for ${Object.keys(table).join(', ')}`);
    weights[row] = weight;
  }
  return { dtype: 'float32', shape: [rows], data: weights };
}
