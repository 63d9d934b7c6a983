import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { type ModelFile, parseModel, readKerasArchive, readModelFile, readUntrusted, writeKerasArchive, writeModelFile } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { compileModel } from '../compile/compile-model.js';
import { buildModel } from '../model/build-model.js';
import { type StoredArray, storedArray } from '../testing/stored-array.js';
import { tensorflow } from '../testing/tensorflow.js';
import { ModelProgram } from '../training/model-program.js';
import { Trainer } from '../training/trainer.js';
import { compileSpecOf, descriptionOf, restoreModelFile, toModelFile } from './model-file.js';
import { fromWeightsFile, inWeightOrder } from './weights.js';

// Models that Keras 3.15.1 made and saved after three steps: tests/golden/make/make_keras3_models.py.

const folder = path.resolve(import.meta.dirname, '../../../../tests/golden/k3_keras3151');
const read = async (file: string): Promise<Uint8Array> => new Uint8Array(await readFile(path.join(folder, file)));

interface Case {
  readonly inputs: StoredArray[];
  readonly targets: StoredArray[];
  readonly predict: StoredArray[];
  readonly next_step: Readonly<Record<string, number>>;
  readonly after_step: StoredArray[];
}

const { cases } = JSON.parse(await readFile(path.join(folder, 'expected.json'), 'utf8')) as { cases: Record<string, Case> };

function expectClose(ours: readonly NdArray[], theirs: readonly StoredArray[], tolerance = 1e-5): void {
  expect(ours.map(({ shape }) => shape)).toEqual(theirs.map(({ shape }) => shape));
  theirs.map(storedArray).forEach(({ data }, i) => {
    const errors = Array.from(data as Float32Array, (value, at) => Math.abs(Number(ours[i]?.data[at]) - value) / (1 + Math.abs(value)));
    expect(Math.max(...errors)).toBeLessThanOrEqual(tolerance);
  });
}

async function trainerOf(file: ModelFile): Promise<Trainer> {
  if (!file.trainingConfig) throw new Error('expected the arguments of compile');
  const trainer = new Trainer(compileModel(buildModel(descriptionOf(file)), compileSpecOf(file.trainingConfig)), tensorflow(), 0);
  await restoreModelFile(trainer, file);
  return trainer;
}

/** What Keras 3 does after it has loaded the file: it predicts, trains on a batch, and predicts again. */
async function expectGoesOn(file: ModelFile, expected: Case): Promise<void> {
  const trainer = await trainerOf(file);
  const x = expected.inputs.map(storedArray);
  expectClose(await trainer.program.predict(x), expected.predict);
  const logs = trainer.logs(await trainer.trainBatch(trainer.standardize({ x, y: expected.targets.map(storedArray) })));
  expect(Object.keys(logs).sort()).toEqual(Object.keys(expected.next_step).sort());
  for (const [name, value] of Object.entries(expected.next_step)) expect(logs[name], name).toBeCloseTo(value, 5);
  expectClose(await trainer.program.predict(x), expected.after_step, 1e-4);
  trainer.dispose();
}

describe.each(Object.entries(cases))('%s', (name, expected) => {
  it('goes on from the .keras as Keras 3 does', async () => expectGoesOn(await readKerasArchive(await read(`${name}.keras`)), expected));

  it('goes on from the .h5 as Keras 3 does', async () => expectGoesOn(await readModelFile(await read(`${name}.h5`)), expected));

  it('goes on from what is written of it, as .h5 and as .keras', async () => {
    const trainer = await trainerOf(await readKerasArchive(await read(`${name}.keras`)));
    const file = await toModelFile(trainer);
    trainer.dispose();
    await expectGoesOn(await readModelFile(await writeModelFile(file)), expected);
    await expectGoesOn(await readKerasArchive(await writeKerasArchive(file)), expected);
  });

  it('predicts with the weights of the *.weights.h5, read for the model of the JSON in a process of its own', async () => {
    const json = new TextDecoder().decode(await read(`${name}.json`));
    const file = await readUntrusted(await read(`${name}.weights.h5`), 'weights', { model: { json } });
    const model = buildModel(parseModel(json));
    const program = new ModelProgram(model, tensorflow());
    await program.load(inWeightOrder(program.weights, fromWeightsFile(model, file)));
    expectClose(await program.predict(expected.inputs.map(storedArray)), expected.predict);
    program.dispose();
  });
});

it('the optimizer of a file is not forced on another', async () => {
  const file = await readKerasArchive(await read('masked.keras'));
  const fewer: ModelFile = { ...file, optimizerWeights: file.optimizerWeights.slice(0, -2) };
  await expect(trainerOf(fewer)).rejects.toMatchObject({ code: 'optimizer_weights' });
});
