import { type ModelFile, parseModel, type TrainingConfig, writeModelConfig, WRITTEN_KERAS3_VERSION } from '@trainyard/keras-format';

import type { CompileSpec } from '../compile/compile-spec.js';
import { isKeras3 } from '../config/keras-version.js';
import { buildModel } from '../model/build-model.js';
import type { Model } from '../model/model.js';
import { weightRefs } from '../model/weight-ref.js';
import type { Trainer } from '../training/trainer.js';
import { restoreOptimizer } from './restore-optimizer.js';
import { saveOptimizer } from './save-optimizer.js';
import { fromWeightsFile, inWeightOrder, toLayerWeights, WRITTEN_KERAS_VERSION } from './weights.js';
import { writtenMetrics } from './written-metrics.js';

/**
 * A trainer's model as `model.save` stores it: architecture, weights, compile arguments, optimizer state. A model of Keras 3
 * becomes an `.h5` of Keras 3, one of Keras 2 of the version that it is from, one of Keras 1 of Keras 2.0.
 */
export async function toModelFile(trainer: Trainer): Promise<ModelFile> {
  const { model, spec } = trainer.compiled;
  const { config, weights } = await saveOptimizer(trainer);
  return {
    ...architectureOf(model),
    trainingConfig: {
      optimizer_config: config,
      loss: spec.loss,
      metrics: writtenMetrics(spec.metrics ?? [], trainer.compiled),
      // Later Keras's: 2.0 does not write them, and reads on without.
      ...(spec.weighted_metrics && { weighted_metrics: writtenMetrics(spec.weighted_metrics, trainer.compiled) }),
      sample_weight_mode: spec.sample_weight_mode ?? null,
      loss_weights: spec.loss_weights ?? null,
    },
    layers: toLayerWeights(model, await trainer.program.getWeights()),
    optimizerWeights: weights,
  };
}

/**
 * A whole model that others saved, as we store one to predict from: architecture and weights in our layout, without compile
 * arguments and optimizer state.
 *
 * @throws FormatError naming the layer that cannot be built, or whose weights do not fit it.
 */
export function toServedFile(file: ModelFile): { file: ModelFile; model: Model } {
  const model = buildModel(descriptionOf(file));
  const values = inWeightOrder(weightRefs(model), fromWeightsFile(model, file));
  return { model, file: { ...architectureOf(model), layers: toLayerWeights(model, values), optimizerWeights: [] } };
}

/** A model's config, and the version whose words it has, and by which it is read again. */
function architectureOf({ description }: Model): Pick<ModelFile, 'kerasVersion' | 'backend' | 'modelConfig'> {
  return { kerasVersion: writtenVersion(description.kerasVersion), backend: 'tensorflow', modelConfig: writeModelConfig(description) };
}

/** What a Keras 2 wrote stays as it was, and means what it meant there (how a bilinear UpSampling2D aligns, what a frozen BatchNormalization does); others' is written anew. */
function writtenVersion(kerasVersion: string): string {
  if (isKeras3(kerasVersion)) return WRITTEN_KERAS3_VERSION;
  return kerasVersion.startsWith('2.') ? kerasVersion : WRITTEN_KERAS_VERSION;
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
