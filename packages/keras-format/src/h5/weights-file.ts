import type { DType, NdArray } from '@trainyard/ndarray';
import type { Json, JsonObject } from '../json.js';

/** An array with its name as the file's `weight_names` has it, e.g. `dense_1/kernel:0`. */
export interface NamedArray {
  name: string;
  array: NdArray;
}

/** The weights of one layer of the model's top level, in Keras's `layer.weights` order. */
export interface LayerWeights {
  layer: string;
  weights: NamedArray[];
}

/** What `model.save_weights` stores. */
export interface WeightsFile {
  /** `1` where the file does not say: Keras 1.2's `save_weights` wrote no version. */
  kerasVersion: string;
  /** `tensorflow` where the file does not say. */
  backend: string;
  layers: LayerWeights[];
}

/** The arguments of `model.compile`, as `model.save` stores them: Keras's own names. */
export interface TrainingConfig {
  optimizer_config: { class_name: string; config: JsonObject };
  loss: Json;
  metrics: Json;
  sample_weight_mode: Json;
  loss_weights: Json;
  [other: string]: Json;
}

/** A group beside Keras's own in a model file: text attributes and arrays. Keras ignores it. */
export interface ExtraGroup {
  attributes: Record<string, string>;
  arrays: NamedArray[];
}

/** What `model.save` stores. */
export interface ModelFile extends WeightsFile {
  /** The model's JSON text. */
  modelConfig: string;
  /** Absent when the model was never compiled. */
  trainingConfig?: TrainingConfig;
  /** In the optimizer's own order; empty when there are none. */
  optimizerWeights: NamedArray[];
  /** Further groups of the file, by name. */
  extra?: Record<string, ExtraGroup>;
}

/** A weight as a file declares it, before any of its data is read. */
export interface DeclaredWeight {
  name: string;
  shape: readonly number[];
  dtype: DType;
}

export interface ReadOptions {
  /** Called for each layer before the data of any layer is read; throws to refuse the file. */
  expect?: (layer: string, weights: DeclaredWeight[]) => void;
  /** The model for which the weights are: its JSON, needed for the layout of Keras 3's `*.weights.h5`. */
  model?: { json: string; kerasVersion?: string };
  /** Names of extra groups to read; those that the file lacks are left out. */
  extra?: readonly string[];
  /** Limit on the arrays' bytes all together (default 2 GiB). */
  maxBytes?: number;
}
