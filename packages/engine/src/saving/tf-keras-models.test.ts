import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { readModelFile } from '@trainyard/keras-format';
import { decodeNpy, type NdArray, sliceRows } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { compileModel } from '../compile/compile-model.js';
import type { CompileSpec } from '../compile/compile-spec.js';
import { buildModel } from '../model/build-model.js';
import { type StoredArray, storedArray } from '../testing/stored-array.js';
import { tensorflow } from '../testing/tensorflow.js';
import { Trainer } from '../training/trainer.js';
import { compileSpecOf, descriptionOf, restoreModelFile } from './model-file.js';

// Whole models that tf-keras 2.21 saved after `fit`, with their optimizer's state, and what it did with them next.

const golden = path.resolve(import.meta.dirname, '../../../../tests/golden');
const cases = readdirSync(golden).filter((name) => existsSync(path.join(golden, name, 'whole_model.tfkeras.h5')));

/** Where the next step's loss is not tf-keras's: losses, weights and penalties mean what they mean in Keras 2.0, whoever wrote the file. */
const OTHER_LOSS: ReadonlyMap<string, string> = new Map([
  ['c12a_sample_weight', 'tf-keras divides a weighted loss by the batch size, not by the weights that are not 0'],
  ['c12c_temporal_weight', 'the same, time step by time step'],
  ['c12g_regularized', 'tf-keras divides an activity penalty by the batch size'],
]);

interface Spec {
  readonly fit: { readonly batch_size: number };
  readonly data: Readonly<Record<string, string[]>>;
}
interface Expected {
  readonly final_predict: StoredArray[];
  readonly resume_train_on_batch: number | number[];
}

const read = async (name: string, file: string): Promise<Uint8Array> => new Uint8Array(await readFile(path.join(golden, name, file)));
const json = async <T>(name: string, file: string): Promise<T> => JSON.parse(new TextDecoder().decode(await read(name, file))) as T;

describe.each(cases)('%s', (name) => {
  it('predicts and trains on as in tf-keras', async () => {
    const { fit, data } = await json<Spec>(name, 'spec.json');
    const expected = await json<Expected>(name, 'expected.tfkeras.json');
    const arrays = (role: string): Promise<NdArray[]> => Promise.all((data[role] ?? []).map(async (file) => decodeNpy(await read(name, file), file)));
    const file = await readModelFile(await read(name, 'whole_model.tfkeras.h5'));
    if (!file.trainingConfig) throw new Error('expected the arguments of compile');
    // tf-keras tells by a weight's shape whether it is temporal, Keras 2.0 by compile.
    const spec: CompileSpec = { ...compileSpecOf(file.trainingConfig), ...(name === 'c12c_temporal_weight' && { sample_weight_mode: 'temporal' }) };
    const trainer = new Trainer(compileModel(buildModel(descriptionOf(file)), spec), tensorflow(), 0);
    await restoreModelFile(trainer, file);
    const x = await arrays('x');

    const predicted = await trainer.program.predict(x, { batchSize: fit.batch_size });
    await trainer.program.resetStates();
    expected.final_predict.map(storedArray).forEach(({ shape, data: theirs }, i) => {
      const ours = sliceRows(predicted[i] as NdArray, 0, 8);
      expect(ours.shape).toEqual(shape);
      (theirs as Float32Array).forEach((value, at) => expect(Math.abs(Number(ours.data[at]) - value)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(value))));
    });

    const weights = await arrays('sample_weight');
    const first = (array: NdArray): NdArray => sliceRows(array, 0, fit.batch_size);
    const batch = trainer.standardize({ x: x.map(first), y: (await arrays('y')).map(first), ...(weights.length > 0 && { sampleWeight: weights.map(first) }) });
    const [loss = NaN] = await trainer.trainBatch(batch);
    const [theirs = NaN] = [expected.resume_train_on_batch].flat();
    if (OTHER_LOSS.has(name)) expect(Math.abs(loss - theirs), OTHER_LOSS.get(name)).toBeGreaterThan(1e-5);
    else expect(Math.abs(loss - theirs)).toBeLessThanOrEqual(1e-5 * (1 + Math.abs(theirs)));
    trainer.dispose();
  });
});
