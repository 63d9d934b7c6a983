import { FormatError, isJsonObject, type Json, type ModelFile, type NamedArray, parseModel, type TrainingConfig, writeModelConfig } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';

import type { CompileSpec } from '../compile/compile-spec.js';
import type { Trainer } from '../training/trainer.js';
import { fromWeightsFile, inWeightOrder, toLayerWeights, WRITTEN_KERAS_VERSION } from './weights.js';

/** A trainer's model as `model.save` stores it: architecture, weights, compile arguments, optimizer state. */
export async function toModelFile(trainer: Trainer): Promise<ModelFile> {
  const { model, optimizer, spec } = trainer.compiled;
  const { className } = optimizer;
  const slots = await trainer.getSlots();
  const iterations: NamedArray[] = optimizer.savesIterations
    ? [{ name: `${className}/iterations:0`, array: { dtype: 'int64', shape: [], data: BigInt64Array.of(BigInt(trainer.iterations)) } }]
    : [];
  return {
    kerasVersion: WRITTEN_KERAS_VERSION,
    backend: 'tensorflow',
    modelConfig: writeModelConfig(model.description),
    trainingConfig: {
      optimizer_config: { class_name: className, config: { ...optimizer.config, lr: trainer.lr } },
      loss: spec.loss,
      metrics: spec.metrics ?? [],
      sample_weight_mode: spec.sample_weight_mode ?? null,
      loss_weights: spec.loss_weights ?? null,
    },
    layers: toLayerWeights(model, await trainer.program.getWeights()),
    optimizerWeights: [...iterations, ...slots.map((array, i) => ({ name: `training/${className}/Variable${i === 0 ? '' : `_${i}`}:0`, array }))],
  };
}

/** The compile arguments that a saved model carries. */
export function compileSpecOf(config: TrainingConfig): CompileSpec {
  return {
    optimizer: config.optimizer_config,
    loss: config.loss,
    metrics: config.metrics,
    loss_weights: config.loss_weights,
    sample_weight_mode: config.sample_weight_mode,
  };
}

/** The architecture in a model file. */
export function descriptionOf(file: ModelFile): ReturnType<typeof parseModel> {
  return parseModel(file.modelConfig, { kerasVersion: file.kerasVersion });
}

/**
 * Puts a model file's weights and optimizer state into a trainer of the same model, as Keras's `load_model` does: an
 * optimizer that does not save its iterations starts again at 0.
 */
export async function restoreModelFile(trainer: Trainer, file: ModelFile): Promise<void> {
  const { model, optimizer } = trainer.compiled;
  await trainer.program.load(inWeightOrder(trainer.program.weights, fromWeightsFile(model, file)));
  trainer.lr = savedRate(file) ?? trainer.lr;
  trainer.iterations = 0;
  trainer.schedule = 1;
  if (file.optimizerWeights.length === 0) return;
  const [first, ...rest] = file.optimizerWeights;
  if (optimizer.savesIterations && first) trainer.iterations = Number(first.array.data[0] ?? 0);
  const slots = optimizer.savesIterations ? rest : file.optimizerWeights;
  await trainer.setSlots(slots.map(({ array }): NdArray => array));
}

function savedRate(file: ModelFile): number | undefined {
  const config: Json | undefined = file.trainingConfig?.optimizer_config.config;
  if (!isJsonObject(config)) return undefined;
  const lr = config['lr'];
  if (lr !== undefined && typeof lr !== 'number') throw new FormatError('invalid_config', 'training_config/optimizer_config/config/lr', 'expected a number');
  return lr;
}
