import { type ModelFile, parseModel, type TrainingConfig, writeModelConfig, WRITTEN_KERAS3_VERSION } from '@trainyard/keras-format';

import type { CompileSpec } from '../compile/compile-spec.js';
import { isKeras3 } from '../config/keras-version.js';
import type { Trainer } from '../training/trainer.js';
import { restoreOptimizer, saveOptimizer } from './optimizer-state.js';
import { fromWeightsFile, inWeightOrder, toLayerWeights, WRITTEN_KERAS_VERSION } from './weights.js';

/**
 * A trainer's model as `model.save` stores it: architecture, weights, compile arguments, optimizer state. A model of Keras 3
 * becomes an `.h5` of Keras 3, any other one of Keras 2.0.
 */
export async function toModelFile(trainer: Trainer): Promise<ModelFile> {
  const { model, spec } = trainer.compiled;
  const { config, weights } = await saveOptimizer(trainer);
  return {
    kerasVersion: isKeras3(model.description.kerasVersion) ? WRITTEN_KERAS3_VERSION : WRITTEN_KERAS_VERSION,
    backend: 'tensorflow',
    modelConfig: writeModelConfig(model.description),
    trainingConfig: {
      optimizer_config: config,
      loss: spec.loss,
      metrics: spec.metrics ?? [],
      sample_weight_mode: spec.sample_weight_mode ?? null,
      loss_weights: spec.loss_weights ?? null,
    },
    layers: toLayerWeights(model, await trainer.program.getWeights()),
    optimizerWeights: weights,
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
    weighted_metrics: config['weighted_metrics'] ?? null,
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
  await trainer.program.load(inWeightOrder(trainer.program.weights, fromWeightsFile(trainer.compiled.model, file)));
  await restoreOptimizer(trainer, file);
}
