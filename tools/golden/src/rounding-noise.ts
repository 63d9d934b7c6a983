import { type CompiledModel, type Layer, weightRefs } from '@trainyard/engine';

import type { Tolerance } from './comparison.js';

/** Optimizers whose steps are about as long as the learning rate, however small the gradients are. */
const ADAPTIVE = new Set(['RMSprop', 'Adagrad', 'Adadelta', 'Adam', 'Adamax', 'Nadam']);

/** What rounding alone moves in a training. */
export interface RoundingNoise {
  /** Names, as files have them, of the weights that it moves. */
  readonly weights: ReadonlySet<string>;
  /** How far it moves them, and at most all that depends on them outside training mode. */
  readonly bound: Tolerance;
}

/**
 * A BatchNormalization takes its input's mean away, and with it a bias of the layer before it: that bias's gradient is 0 but
 * for rounding, about 1e-9. An adaptive optimizer divides a gradient by its own size, so the bias walks at random, by about
 * the learning rate an update, and the moving mean follows it. Which way depends on the last bits of every sum before, and
 * these on the processor: genuine Keras 2.0.8 gives for c12k_batchnorm_cnn a `conv2d_1/bias` on an AMD EPYC that is 1.6e-3
 * from the one it gives on an Intel Xeon, a moving mean 4.3e-4 and predictions 5.6e-4 apart; all else agrees to 1.2e-7. So what
 * training computes is compared as ever, and these weights, and what is predicted with the moving mean, within the walk.
 * @param updates how many the training makes.
 */
export function roundingNoise({ model, optimizer }: CompiledModel, updates: number): RoundingNoise | undefined {
  if (!ADAPTIVE.has(optimizer.className)) return undefined;
  const consumers = new Map<Layer, Set<Layer>>();
  for (const node of model.nodes) for (const { node: from } of node.inputs) consumers.set(from.layer, (consumers.get(from.layer) ?? new Set()).add(node.layer));
  const outputs = new Set(model.outputKeys.map(({ node }) => node.layer));
  const names = new Set<string>();
  for (const layer of model.layers) {
    const after = [...(consumers.get(layer) ?? [])];
    if (after.length === 0 || outputs.has(layer) || !after.every(({ className }) => className === 'BatchNormalization') || !isLinear(model, layer)) continue;
    names.add(`${layer.name}/bias:0`);
    for (const { name } of after) names.add(`${name}/moving_mean:0`);
  }
  const moved = weightRefs(model).map(({ kerasName }) => kerasName).filter((name) => names.has(name));
  if (!moved.some((name) => name.endsWith('/bias:0'))) return undefined;
  return { weights: new Set(moved), bound: { absolute: 2 * Math.min(optimizer.lr, 0.01) * updates, relative: 0 } };
}

/** Whether a layer adds its bias last: another activation would make the bias count. */
function isLinear(model: CompiledModel['model'], layer: Layer): boolean {
  const config = model.description.layers.find(({ name }) => name === layer.name)?.config;
  return config?.['activation'] === undefined || config['activation'] === null || config['activation'] === 'linear';
}
