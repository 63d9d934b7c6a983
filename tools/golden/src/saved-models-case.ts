import { readdir } from 'node:fs/promises';

import { buildModel, compileModel, compileSpecOf, descriptionOf, fromWeightsFile, inWeightOrder, ModelProgram, restoreModelFile, type Runtime, Trainer } from '@trainyard/engine';
import { isJsonObject, type ModelFile, parseModel, readKerasArchive, readModelFile, readWeightsFile } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';

import { Comparison, type Tolerance, tolerances } from './comparison.js';
import { readBytes, type StoredNumber, type StoredTensor, tensor } from './reference.js';

/** What a later Keras does with a model that it has saved: it predicts, trains on a batch, and predicts again. */
interface SavedModel {
  readonly inputs: readonly StoredTensor[];
  readonly targets: readonly StoredTensor[];
  readonly predict: readonly StoredTensor[];
  readonly next_step: Readonly<Record<string, StoredNumber>>;
  readonly after_step: readonly StoredTensor[];
}

export interface SavedModelsCase {
  readonly cases: Readonly<Record<string, SavedModel>>;
}

export function isSavedModelsCase(expected: unknown): expected is SavedModelsCase {
  const cases = isJsonObject(expected) ? expected['cases'] : undefined;
  return isJsonObject(cases) && Object.values(cases).every((model) => isJsonObject(model) && 'predict' in model && 'next_step' in model);
}

/** Each model from whichever of `<name>.keras`, `<name>.h5` and `<name>.json` with `<name>.weights.h5` the folder has. */
export async function runSavedModelsCase(folder: string, { cases }: SavedModelsCase, runtime: Runtime): Promise<Comparison> {
  const comparison = new Comparison();
  const files = new Set(await readdir(folder));
  for (const [name, expected] of Object.entries(cases)) {
    const [archive, h5] = [`${name}.keras`, `${name}.h5`];
    if (files.has(archive)) await checkModel(archive, await readKerasArchive(await readBytes(folder, archive)), expected, runtime, comparison);
    if (files.has(h5)) await checkModel(h5, await readModelFile(await readBytes(folder, h5)), expected, runtime, comparison);
    if (files.has(`${name}.weights.h5`)) await checkWeights(folder, name, expected, runtime, comparison);
  }
  return comparison;
}

async function checkModel(place: string, file: ModelFile, expected: SavedModel, runtime: Runtime, comparison: Comparison): Promise<void> {
  if (!file.trainingConfig) throw new Error(`${place}: expected the arguments of compile, found none`);
  const trainer = new Trainer(compileModel(buildModel(descriptionOf(file)), compileSpecOf(file.trainingConfig)), runtime, 0);
  try {
    await restoreModelFile(trainer, file);
    const x = expected.inputs.map(tensor);
    compareOutputs(`${place}: predict`, await trainer.program.predict(x), expected.predict, comparison);
    const logs = trainer.logs(await trainer.trainBatch(trainer.standardize({ x, y: expected.targets.map(tensor) })));
    comparison.exact(`${place}: metrics`, Object.keys(logs).sort(), Object.keys(expected.next_step).sort());
    for (const [metric, value] of Object.entries(expected.next_step)) comparison.number(`${place}: next step, ${metric}`, logs[metric], Number(value), tolerances.history);
    compareOutputs(`${place}: after the step`, await trainer.program.predict(x), expected.after_step, comparison, tolerances.gradients);
  } finally {
    trainer.dispose();
  }
}

async function checkWeights(folder: string, name: string, { inputs, predict }: SavedModel, runtime: Runtime, comparison: Comparison): Promise<void> {
  const json = new TextDecoder().decode(await readBytes(folder, `${name}.json`));
  const model = buildModel(parseModel(json));
  const program = new ModelProgram(model, runtime);
  try {
    const file = await readWeightsFile(await readBytes(folder, `${name}.weights.h5`), { model: { json } });
    await program.load(inWeightOrder(program.weights, fromWeightsFile(model, file)));
    compareOutputs(`${name}.weights.h5: predict`, await program.predict(inputs.map(tensor)), predict, comparison);
  } finally {
    program.dispose();
  }
}

function compareOutputs(place: string, ours: readonly NdArray[], theirs: readonly StoredTensor[], comparison: Comparison, tolerance: Tolerance = tolerances.outputs): void {
  theirs.forEach((stored, i) => comparison.array(`${place}[${i}]`, ours[i], tensor(stored), tolerance));
}
