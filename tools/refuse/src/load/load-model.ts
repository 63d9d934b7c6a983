import { buildModel, checkSize, compileModel, compileSpecOf, descriptionOf, fromWeightsFile, inWeightOrder, type Model, weightRefs } from '@trainyard/engine';
import { FormatError, type ModelDescription, parseModel, parseModelYaml, readUntrusted, type WeightsFile } from '@trainyard/keras-format';

import type { Loaded } from './load-entry.js';

/** A model that a request's JSON gives. */
export function loadModelJson(text: string): Loaded {
  build(parseModel(text));
  return { arrays: [] };
}

export function loadModelYaml(text: string): Loaded {
  build(parseModelYaml(text));
  return { arrays: [] };
}

/** A file of weights, for the model whose JSON (or YAML) comes with it. */
export async function loadWeights(bytes: Uint8Array, model: Buffer, modelFile: string): Promise<Loaded> {
  const built = build(/\.ya?ml$/.test(modelFile) ? parseModelYaml(model.toString()) : parseModel(model.toString()));
  return intoModel(built, await readUntrusted(bytes, 'weights'));
}

/** A whole model, in an .h5 or a .keras: architecture, weights, compile arguments where it has some. */
export async function loadWholeModel(bytes: Uint8Array, format: 'model' | 'keras'): Promise<Loaded> {
  const file = await readUntrusted(bytes, format);
  const model = build(descriptionOf(file));
  if (file.trainingConfig) compileModel(model, compileSpecOf(file.trainingConfig));
  return intoModel(model, file);
}

/** An .h5 of which the list does not say what it holds: a whole model, or weights for a model that nobody gives. */
export async function loadAnyH5(bytes: Uint8Array): Promise<Loaded> {
  try {
    return await loadWholeModel(bytes, 'model');
  } catch (error) {
    if (!(error instanceof FormatError) || error.code !== 'not_a_model') throw error;
  }
  const { layers } = await readUntrusted(bytes, 'weights');
  return { arrays: layers.flatMap(({ weights }) => weights.map(({ array }) => array.data)) };
}

function build(description: ModelDescription): Model {
  const model = buildModel(description);
  checkSize(model);
  return model;
}

function intoModel(model: Model, file: WeightsFile): Loaded {
  return { arrays: inWeightOrder(weightRefs(model), fromWeightsFile(model, file)).map(({ data }) => data) };
}
