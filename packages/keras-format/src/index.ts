export { FormatError } from './format-error.js';
export { at, isJsonObject, quote, type Json, type JsonObject } from './json.js';
export type { InboundNode, LayerDescription, ModelDescription, TensorRef } from './model/model-description.js';
export { parseModel, type ParseModelOptions } from './model/parse-model.js';
export { parseModelYaml } from './model/parse-yaml.js';
export { pythonJson, writeModelJson } from './model/write-model.js';
export type { DeclaredWeight, ExtraGroup, LayerWeights, ModelFile, NamedArray, ReadOptions, TrainingConfig, WeightsFile } from './h5/weights-file.js';
export { readModelFile, writeModelFile } from './h5/model-file.js';
export { readWeightsFile, writeWeightsFile } from './h5/weights.js';
