import * as tf from '@tensorflow/tfjs-core';

import type { CompiledModel } from '../compile/compile-model.js';
import { trainedWeights, type WeightRef } from '../model/weight-ref.js';
import { clipGradients } from '../optimizers/clipping.js';
import { clipGradientsKeras3 } from '../optimizers/keras3/clipping.js';
import type { Optimizer, Parameter } from '../optimizers/optimizer.js';
import { LARGE_VARIABLE, type StepDefinition, type StepScope, type UpdateInPieces, type XlaUse } from '../runtime/runtime.js';
import { type BatchShape, inputFeeds, targetFeeds } from './batch-shape.js';
import { ChainedScope } from './chained-scope.js';
import { differentiate } from './gradients.js';
import { computeObjective } from './objective.js';

/** The program's variable of an optimizer slot of a weight. */
export function slotVariable(weight: WeightRef, slot: string): string {
  return `${weight.variable}/optimizer/${slot}`;
}

/**
 * Training steps on consecutive batches as one run: forward, gradients, update, and again. Feeds the batches' rows behind each
 * other, `hyper` (the optimizer's hyperparameters of each step, behind each other) and, where the model draws random numbers,
 * `seed` (for each step int32 [2]: the job's seed, the step). Fetches for each step the metrics in the order of
 * `metricsNames`, as they were before its update.
 *
 * Several steps a run give the numbers of as many runs of one, but for the last bits: some ops round otherwise. So do those
 * that XLA compiles.
 */
export function trainSteps(compiled: CompiledModel, batches: readonly BatchShape[], xla?: XlaUse): StepDefinition {
  const [first] = batches;
  if (!first) throw new RangeError('trainSteps: expected at least one batch, received none');
  const steps = batches.length;
  const all: BatchShape = { ...first, rows: batches.reduce((sum, { rows }) => sum + rows, 0) };
  const hyperparameters = compiled.optimizer.hyperparameters(compiled.optimizer.lr, 0, 1).length;
  return {
    name: 'train',
    relaxed: steps > 1 || xla !== undefined,
    ...(xla && { xla }),
    feeds: [
      ...inputFeeds(compiled.model, all),
      ...targetFeeds(compiled, all),
      { name: 'hyper', shape: [steps * hyperparameters], dtype: 'float32' },
      ...(compiled.model.drawsRandom ? [{ name: 'seed', shape: steps === 1 ? [2] : [steps, 2], dtype: 'int32' } as const] : []),
    ],
    build: (scope) => {
      const hyper = tf.unstack(scope.feed('hyper'));
      if (steps === 1) return [buildStep(compiled, first, hyper, scope)];
      const seeds = compiled.model.drawsRandom ? tf.unstack(scope.feed('seed')) : [];
      const chain = new ChainedScope(scope);
      let end = 0;
      const metrics = batches.map((batch, step) => {
        const start = end;
        end += batch.rows;
        const feed = (name: string): tf.Tensor => (name === 'seed' ? (seeds[step] as tf.Tensor) : rowsOfFeed(scope.feed(name), start, batch.rows));
        return chain.step(feed, (inner) => buildStep(compiled, batch, hyper.slice(step * hyperparameters, (step + 1) * hyperparameters), inner));
      });
      chain.finish();
      return [tf.stack(metrics)];
    },
  };
}

function rowsOfFeed(fed: tf.Tensor, start: number, rows: number): tf.Tensor {
  const rest = fed.shape.slice(1);
  return tf.slice(fed, [start, ...rest.map(() => 0)], [rows, ...rest]);
}

/** One step; answers its metrics as a vector. */
function buildStep(compiled: CompiledModel, batch: BatchShape, hyper: readonly tf.Tensor[], scope: StepScope): tf.Tensor {
  const trained = trainedWeights(compiled.model);
  let updates: [string, number][] = [];
  const { others, gradients } = differentiate(
    () => {
      const { loss, metrics, context } = computeObjective(compiled, batch, scope, { training: true, differentiated: true });
      const pending = context.take();
      updates = pending.map(([variable], i) => [variable, metrics.length + i]);
      return { loss, others: [...metrics, ...pending.map(([, value]) => value)] };
    },
    trained.map(({ variable }) => scope.read(variable)),
  );
  for (const [variable, at] of updates) scope.assign(variable, others[at] as tf.Tensor);
  applyGradients(compiled, scope, trained, gradients, hyper);
  return tf.stack(others.slice(0, compiled.metricsNames.length));
}

function applyGradients(compiled: CompiledModel, scope: StepScope, trained: readonly WeightRef[], gradients: readonly (tf.Tensor | null)[], hyper: readonly tf.Tensor[]): void {
  const { optimizer } = compiled;
  const reached = trained.flatMap((weight, i) => {
    const gradient = gradients[i];
    return gradient ? [{ weight, gradient }] : [];
  });
  if (reached.length === 0) return;
  const clipped = (optimizer.meaning === 'keras3' ? clipGradientsKeras3 : clipGradients)(reached.map(({ gradient }) => gradient), optimizer.config);
  const parameters = reached.map(({ weight }, i): WeightUpdate => {
    const slotVariables = optimizer.slotNames.map((slot) => slotVariable(weight, slot));
    const parameter: Parameter = {
      variable: weight.variable,
      value: scope.read(weight.variable),
      gradient: clipped[i] as tf.Tensor,
      slotVariables,
      // Read only where the formula is spelled out in ops: a fused rule updates slots in place.
      get slots() {
        return slotVariables.map((slot) => scope.read(slot));
      },
    };
    return { weight, parameter };
  });
  const spelledOut: WeightUpdate[] = [];
  for (const update of parameters) {
    // A constraint needs the whole new value as a tensor, which neither a fused rule gives nor pieces are.
    const { weight, parameter } = update;
    if (weight.spec.constraint) spelledOut.push(update);
    else if (optimizer.fused) scope.update(optimizer.fused(parameter, hyper));
    else if (scope.updateInPieces && parameter.value.size >= LARGE_VARIABLE) applyInPieces(optimizer, scope.updateInPieces, parameter, hyper);
    else spelledOut.push(update);
  }
  for (const group of updateGroups(spelledOut)) applyFormula(optimizer, scope, group, hyper, clipped);
}

/** A weight and what its update is made of. */
interface WeightUpdate {
  readonly weight: WeightRef;
  readonly parameter: Parameter;
}

/**
 * Elements from which a weight's update is a kernel of its own: then two run side by side, and memory for the new values of
 * one is free again before the next. Below, the call itself is most of the time: such updates are one kernel.
 */
const LARGE = 2 ** 18;

function updateGroups(updates: readonly WeightUpdate[]): WeightUpdate[][] {
  const large = updates.filter(({ parameter }) => parameter.value.size >= LARGE);
  const small = updates.filter(({ parameter }) => parameter.value.size < LARGE);
  return [...large.map((update) => [update]), ...(small.length > 0 ? [small] : [])];
}

/**
 * Updates by the optimizer's formula in ops, which a runtime may fuse: nine passes over memory then are one.
 * @param gradients of all weights: the update of a large one waits for them, for what it needs in between shall not be there
 * together with what the gradients of convolutions need
 */
function applyFormula(optimizer: Optimizer, scope: StepScope, updates: readonly WeightUpdate[], hyper: readonly tf.Tensor[], gradients: readonly tf.Tensor[]): void {
  const given = updates.map(({ parameter: { value, gradient, slots } }) => [value, gradient, ...slots]);
  const width = optimizer.slotNames.length + 1;
  const updated = scope.fuse([...hyper, ...given.flat()], (inputs) => {
    const rates = inputs.slice(0, hyper.length);
    return updates.flatMap(({ weight, parameter }, i) => {
      const [value, gradient, ...slots] = inputs.slice(hyper.length + i * (width + 1), hyper.length + (i + 1) * (width + 1)) as [tf.Tensor, tf.Tensor, ...tf.Tensor[]];
      const next = optimizer.update({ ...parameter, value, gradient, slots }, rates);
      return [weight.spec.constraint ? weight.spec.constraint.apply(next.value) : next.value, ...next.slots];
    });
  }, gradients);
  updates.forEach(({ weight, parameter }, i) => {
    const [value, ...slots] = updated.slice(i * width, (i + 1) * width) as [tf.Tensor, ...tf.Tensor[]];
    scope.assign(weight.variable, value);
    slots.forEach((slot, at) => scope.assign(parameter.slotVariables[at] as string, slot));
  });
}

/**
 * Updates a large weight piece by piece: nothing else of its size is needed, and a piece stays in the processor's cache. With 160 million
 * weights the process takes 3.0 GB instead of 4.3 for the formula on whole arrays, and a step as long as before (`npm run bench -- --case vqa`).
 */
function applyInPieces(optimizer: Optimizer, updateInPieces: UpdateInPieces, parameter: Parameter, hyper: readonly tf.Tensor[]): void {
  const { variable, slotVariables } = parameter;
  const body = ([value, ...slots]: readonly tf.Tensor[], gradient: tf.Tensor): tf.Tensor[] => {
    const next = optimizer.update({ variable, slotVariables, value: value as tf.Tensor, gradient, slots }, hyper);
    return [next.value, ...next.slots];
  };
  updateInPieces([variable, ...slotVariables], parameter.gradient, body);
}
