export { Callback, type TrainingControl, type TrainingParams } from './callbacks/callback.js';
export type { CallbackDefinition, CallbackEnvironment, CheckpointRequest } from './callbacks/callback-definition.js';
export { ProgressLog } from './callbacks/progress-log.js';
export { pythonFloat } from './callbacks/python-number.js';
export { callbackDefinitions, createCallbacks } from './callbacks/registry.js';
export { NanLossError } from './callbacks/terminate-on-nan.js';
export { type CompiledModel, type CompiledOutput, compileModel } from './compile/compile-model.js';
export type { CompileSpec } from './compile/compile-spec.js';
export { ConfigReader } from './config/config-reader.js';
export { readConstraint } from './constraints/constraint.js';
export { type Batch, type BatchRun, type BatchStream, rowsOf } from './data/batch.js';
export type { ClassWeight } from './data/class-weight.js';
export { ModelDataError } from './data/data-error.js';
export { batchPermutation, permutation } from './data/shuffle.js';
export { standardizeBatch, standardizeInputs } from './data/standardize.js';
export { inputRules, type ValueRule, type ValueRules, valueRules } from './data/value-rules.js';
export { readInitializer } from './initializers/registry.js';
export { type CallScope, type Layer, type Mask } from './layers/layer.js';
export { supportedLayers } from './layers/registry.js';
export { losses } from './losses/registry.js';
export { weightedMean } from './losses/weighted.js';
export type { Metric } from './metrics/metric.js';
export { metrics } from './metrics/registry.js';
export { sparseTopKCategoricalAccuracy, topKCategoricalAccuracy } from './metrics/top-k.js';
export { estimateMemory, type MemoryEstimate } from './memory/estimate-memory.js';
export { buildModel } from './model/build-model.js';
export { checkSize } from './model/check-size.js';
export { extractModel, type ExtractOptions } from './model/extract-model.js';
export { getLayer } from './model/get-layer.js';
export {
  getInputAt,
  getInputMaskAt,
  getInputShapeAt,
  getOutputAt,
  getOutputMaskAt,
  getOutputShapeAt,
  type InboundNode,
  inboundNodes,
  inputShape,
  layerInput,
  layerOutput,
  outputShape,
} from './model/inbound-nodes.js';
export { fromConfig, getConfig, getLayerConfig } from './model/model-config.js';
export { Model, type ModelTensor } from './model/model.js';
export { type Node, type TensorKey } from './model/node.js';
export { stateRefs } from './model/state-ref.js';
export { StepContext } from './model/step-context.js';
export { summaryText } from './model/summary.js';
export { countParams, layerWeights, type LayerWeightRefs, weightRefsInside, type WeightRef, weightRefs, weightRefsByLayer } from './model/weight-ref.js';
export { kernels } from './ops/kernels.js';
export { RandomStream } from './ops/random-stream.js';
export type { ScanAttributes } from './ops/scan.js';
export { supportedOptimizers } from './optimizers/registry.js';
export { readRegularizer } from './regularizers/regularizer.js';
export { applyRule } from './runtime/apply-rule.js';
export { checkFeeds, checkVariable } from './runtime/check.js';
export { CpuRuntime } from './runtime/cpu-runtime.js';
export { LARGE_VARIABLE } from './runtime/runtime.js';
export type { CompiledStep, FeedSpec, Program, Runtime, StepDefinition, StepScope, UpdateInPieces, UpdateRule, VariableSpec, XlaUse } from './runtime/runtime.js';
export { compileSpecOf, descriptionOf, restoreModelFile, toModelFile, toServedFile } from './saving/model-file.js';
export { restoreSnapshot, SNAPSHOT_GROUP, type SnapshotState, toSnapshot } from './saving/snapshot.js';
export { fromWeightsFile, inWeightOrder, type LoadOptions, toLayerWeights, WRITTEN_KERAS_VERSION } from './saving/weights.js';
export { type Shape, shapeText } from './shape.js';
export { predictStep } from './steps/predict-step.js';
export { differentiate, type Differentiated } from './steps/gradients.js';
export { evaluateArrays, evaluateStream } from './training/evaluate.js';
export { fit, fitGenerator, type FitGeneratorOptions, type FitOptions } from './training/fit.js';
export type { History } from './training/history.js';
export { type BatchWeights, KerasModel } from './training/keras-model.js';
export { ModelProgram } from './training/model-program.js';
export { measurePlan, type MeasuredPlan, type PlanTrial, worthMeasuring } from './training/measure-plan.js';
export { planTraining, type TrainingPlan } from './training/plan.js';
export { planFromJson, planToJson } from './training/plan-json.js';
export type { EpochPoint, FitCommon, ResumePoint } from './training/run-training.js';
export { RunningMean, type RunningMeanState } from './training/running-mean.js';
export { type Logs, Trainer } from './training/trainer.js';
