import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { type ModelFile, parseModel, readKerasArchive, readModelFile, readWeightsFile } from '@trainyard/keras-format';
import { decodeNpy, type NdArray, sliceRows } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { buildModel } from '../model/build-model.js';
import { CpuRuntime } from '../runtime/cpu-runtime.js';
import { type StoredArray, storedArray } from '../testing/stored-array.js';
import { ModelProgram } from '../training/model-program.js';
import { descriptionOf } from './model-file.js';
import { fromWeightsFile, inWeightOrder } from './weights.js';

// What Keras 3 and tf-keras saved, and what they predicted with it: see tests/golden/GOLDENS.md.

const golden = path.resolve(import.meta.dirname, '../../../../tests/golden');
const cases = readdirSync(golden).filter((name) => existsSync(path.join(golden, name, 'expected.keras3.json')));

const read = async (name: string, file: string): Promise<Uint8Array> => new Uint8Array(await readFile(path.join(golden, name, file)));
const json = async <T>(name: string, file: string): Promise<T> => JSON.parse(new TextDecoder().decode(await read(name, file))) as T;

async function inputs(name: string): Promise<NdArray[]> {
  const { data } = await json<{ data: { x: string[] } }>(name, 'spec.json');
  return Promise.all(data.x.map(async (file) => sliceRows(decodeNpy(await read(name, file), file), 0, 8)));
}

async function predict(file: ModelFile, x: NdArray[]): Promise<NdArray[]> {
  const model = buildModel(descriptionOf(file));
  const program = new ModelProgram(model, new CpuRuntime());
  await program.load(inWeightOrder(program.weights, fromWeightsFile(model, file)));
  const outputs = await program.predict(x);
  program.dispose();
  return outputs;
}

function expectClose(ours: NdArray[], theirs: StoredArray[]): void {
  expect(ours).toHaveLength(theirs.length);
  theirs.map(storedArray).forEach(({ shape, data }, i) => {
    expect(ours[i]?.shape).toEqual(shape);
    (data as Float32Array).forEach((value, at) => expect(Math.abs(Number(ours[i]?.data[at]) - value)).toBeLessThanOrEqual(1e-5 + 1e-5 * Math.abs(value)));
  });
}

describe.each(cases)('%s', (name) => {
  it('predicts from model.keras as Keras 3 does', async () => {
    const { predict_first8: theirs } = await json<{ predict_first8: StoredArray[] }>(name, 'expected.keras3.json');
    expectClose(await predict(await readKerasArchive(await read(name, 'model.keras')), await inputs(name)), theirs);
  });

  it('predicts with keras3.weights.h5 as Keras 3 does', async () => {
    const { predict_first8: theirs } = await json<{ predict_first8: StoredArray[] }>(name, 'expected.keras3.json');
    const modelConfig = new TextDecoder().decode(await read(name, 'model.keras3.json'));
    const weights = await readWeightsFile(await read(name, 'keras3.weights.h5'), { model: { json: modelConfig } });
    expectClose(await predict({ ...weights, modelConfig, optimizerWeights: [] }, await inputs(name)), theirs);
  });

  it('predicts from keras3_model.h5 as Keras 3 does', async () => {
    const { predict_first8: theirs } = await json<{ predict_first8: StoredArray[] }>(name, 'expected.keras3.json');
    expectClose(await predict(await readModelFile(await read(name, 'keras3_model.h5')), await inputs(name)), theirs);
  });
});

it.each(readdirSync(golden).filter((name) => existsSync(path.join(golden, name, 'model.keras3.json'))))('%s: the model of Keras 3 has the weights of that of Keras 2', async (name) => {
  const shapes = async (file: string): Promise<string[]> => buildModel(parseModel(await json<object>(name, file))).outputs.map(({ shape }) => JSON.stringify(shape));
  expect(await shapes('model.keras3.json')).toEqual(await shapes('model.json'));
});
