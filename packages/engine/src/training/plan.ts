import type { Layer } from '../layers/layer.js';
import { Wrapper } from '../layers/wrappers/wrapper.js';
import { Model } from '../model/model.js';
import type { Node } from '../model/node.js';
import { weightRefsByLayer, weightSize } from '../model/weight-ref.js';
import type { Shape } from '../shape.js';

/** How a training is run, besides what it computes. One training keeps to one plan: another may round differently. */
export interface TrainingPlan {
  /** Batches of an epoch that are trained in one run of the graph. */
  readonly stepsPerRun: number;
}

/**
 * Steps in one run, where one takes little: of an MLP 20-64-64-1's 0.25 ms a step much is the way into the session and back,
 * and starting its executor. Two in a run take 0.20 ms each, 4 of them 0.16, 8 of them 0.14, and each is traced
 * (`node bench/steps-per-run.mjs`).
 */
const STEPS_PER_RUN = 4;
/**
 * Arithmetic operations of a step beyond which the way there counts for little. An MLP 784-64-64-10 (batch 128: 42 million)
 * gains a quarter, the same over 20 frames (batch 32: 210 million, 1.1 ms) nothing.
 */
const MAX_OPERATIONS = 100e6;
/** Fewer steps do not save the 0.2 to 0.3 s that tracing and optimizing four of them takes more than one. */
const MIN_STEPS = 2000;

/**
 * The plan for a training: a function of the model, the batch size and the number of steps alone, so that equal jobs are
 * trained alike to the bit. Its bounds were measured: `npm run bench`.
 * @param steps batches of all epochs together.
 */
export function planTraining(model: Model, { batchSize, steps }: { batchSize: number; steps: number }): TrainingPlan {
  const small = steps >= MIN_STEPS && batchSize * operationsOfRow(model) <= MAX_OPERATIONS;
  return { stepsPerRun: small ? STEPS_PER_RUN : 1 };
}

/**
 * About how many operations training on one row takes: each weight is multiplied and added once forward and twice backward,
 * at each position (of an image or a sequence) of its layer's input or output.
 */
function operationsOfRow(model: Model): number {
  const weights = new Map(weightRefsByLayer(model).map(({ layer, weights: refs }) => [layer, refs.reduce((sum, ref) => sum + weightSize(ref), 0)]));
  return model.nodes.reduce((sum, node) => sum + operationsOfCall(node, weights.get(node.layer) ?? 0), 0);
}

function operationsOfCall(node: Node, weights: number): number {
  const { layer, inputShapes, outputShapes } = node;
  if (isLookup(layer)) return 0;
  if (layer instanceof Model) return operationsOfRow(layer);
  return 6 * weights * Math.max(1, ...[...inputShapes, ...outputShapes].map(positionsOf));
}

/** A layer that gathers rows of its weights, and multiplies none. */
function isLookup(layer: Layer): boolean {
  return layer instanceof Wrapper ? layer.innerLayers.every(isLookup) : layer.className === 'Embedding';
}

/** Elements between the batch dimension and the last one; an open dimension counts as 100. */
function positionsOf(shape: Shape): number {
  return shape.slice(1, -1).reduce<number>((product, dimension) => product * (dimension ?? 100), 1);
}
