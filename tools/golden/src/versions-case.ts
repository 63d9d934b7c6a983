import { access } from 'node:fs/promises';
import path from 'node:path';

import { buildModel, descriptionOf, fromWeightsFile, inWeightOrder, ModelProgram, type Runtime, toLayerWeights, weightRefs, WRITTEN_KERAS_VERSION } from '@trainyard/engine';
import { type ModelDescription, parseModel, parseModelYaml, readModelFile, readWeightsFile, type WeightsFile, writeModelJson, writeModelYaml } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';

import { Comparison, tolerances } from './comparison.js';
import { readBytes, type StoredTensor, tensor } from './reference.js';

/** A model of another Keras as its files have it, and what that Keras predicts. */
interface StoredModel {
  readonly x: StoredTensor[];
  readonly predict: StoredTensor[];
}

/** By the files' first name: `mlp` → `mlp.json`, `mlp.yaml`, `mlp.weights.h5`, `mlp.model.h5`. */
export type VersionsExpected = Readonly<Record<string, StoredModel | { readonly error: string }>>;

/** An `expected.json` whose every member is such a model. */
export function isVersionsCase(expected: unknown): expected is VersionsExpected {
  const entries = typeof expected === 'object' && expected !== null ? Object.values(expected as Record<string, unknown>) : [];
  const isEntry = (entry: unknown): boolean => typeof entry === 'object' && entry !== null && ('error' in entry || ('x' in entry && 'predict' in entry));
  return entries.length > 0 && entries.every(isEntry);
}

/**
 * Models that another version of Keras wrote: each of a model's files, and what we write of it, must predict what that
 * Keras predicts.
 */
export async function runVersionsCase(folder: string, expected: VersionsExpected, runtime: Runtime): Promise<Comparison> {
  const comparison = new Comparison();
  for (const [name, model] of Object.entries(expected)) {
    if ('error' in model) continue;
    for (const [how, load] of Object.entries(waysToLoad(folder, name))) {
      const place = `${name} ${how}`;
      try {
        const loaded = await load();
        if (loaded) await checkPredictions(place, loaded, model, { runtime, comparison });
      } catch (error) {
        comparison.faults.push({ place, text: (error as Error).message });
      }
    }
  }
  return comparison;
}

interface Loaded {
  readonly description: ModelDescription;
  readonly weights: WeightsFile;
}

/** Undefined where a file is not there. */
type Load = () => Promise<Loaded | undefined>;

function waysToLoad(folder: string, name: string): Readonly<Record<string, Load>> {
  const text = async (file: string): Promise<string> => new TextDecoder().decode(await readBytes(folder, file));
  const json = async (file: string): Promise<ModelDescription> => parseModel(await text(file));
  const weights = async (file: string): Promise<WeightsFile> => readWeightsFile(await readBytes(folder, file));
  const where =
    (files: readonly string[], load: () => Promise<Loaded>): Load =>
    async () =>
      (await allThere(folder, files)) ? load() : undefined;
  const [own, later] = [`${name}.weights.h5`, `${name}.as208.weights.h5`];
  return {
    'JSON, weights': where([`${name}.json`, own], async () => ({ description: await json(`${name}.json`), weights: await weights(own) })),
    'YAML, weights': where([`${name}.yaml`, own], async () => ({ description: parseModelYaml(await text(`${name}.yaml`)), weights: await weights(own) })),
    'whole model': where([`${name}.model.h5`], async () => wholeModel(await readBytes(folder, `${name}.model.h5`))),
    'JSON of 2.0.8, its weights': where([`${name}.as208.json`, later], async () => ({ description: await json(`${name}.as208.json`), weights: await weights(later) })),
    'JSON, weights of 2.0.8': where([`${name}.json`, later], async () => ({ description: await json(`${name}.json`), weights: await weights(later) })),
    'JSON of 2.0.8, weights': where([`${name}.as208.json`, own], async () => ({ description: await json(`${name}.as208.json`), weights: await weights(own) })),
    'written as JSON of Keras 2': where([`${name}.json`, own], async () => inKeras2(await json(`${name}.json`), await weights(own), (model) => parseModel(writeModelJson(model, { keras: 2 })))),
    'written as YAML of Keras 2': where([`${name}.json`, own], async () => inKeras2(await json(`${name}.json`), await weights(own), (model) => parseModelYaml(writeModelYaml(model, { keras: 2 })))),
  };
}

/** The model read again from what we write of it, with its weights as we write them. */
function inKeras2(description: ModelDescription, file: WeightsFile, rewrite: (model: ModelDescription) => ModelDescription): Loaded {
  const model = buildModel(description);
  const values = inWeightOrder(weightRefs(model), fromWeightsFile(model, file));
  return { description: rewrite(description), weights: { kerasVersion: WRITTEN_KERAS_VERSION, backend: 'tensorflow', layers: toLayerWeights(model, values) } };
}

async function wholeModel(bytes: Uint8Array): Promise<Loaded> {
  const file = await readModelFile(bytes);
  return { description: descriptionOf(file), weights: file };
}

async function allThere(folder: string, files: readonly string[]): Promise<boolean> {
  const found = await Promise.all(files.map((file) => access(path.join(folder, file)).then(() => true, () => false)));
  return found.every(Boolean);
}

async function checkPredictions(place: string, { description, weights }: Loaded, { x, predict }: StoredModel, { runtime, comparison }: { runtime: Runtime; comparison: Comparison }): Promise<void> {
  const predicted = await predictions(description, weights, x.map(tensor), runtime);
  predict.forEach((theirs, i) => comparison.array(`${place}: predict[${i}]`, predicted[i], tensor(theirs), tolerances.outputs));
}

/** What a model with a file's weights predicts. */
export async function predictions(description: ModelDescription, weights: WeightsFile, x: readonly NdArray[], runtime: Runtime): Promise<NdArray[]> {
  const model = buildModel(description);
  const program = new ModelProgram(model, runtime);
  try {
    await program.load(inWeightOrder(program.weights, fromWeightsFile(model, weights)));
    return await program.predict(x);
  } finally {
    program.dispose();
  }
}
