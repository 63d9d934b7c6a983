import * as tf from '@tensorflow/tfjs-core';
import { differentiate, losses, type Runtime, weightedMean } from '@trainyard/engine';
import { FormatError } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';

import { tolerances, type Tolerance } from '../comparison.js';
import { type StoredTensor, tensor } from '../reference.js';
import { runOnce } from './run-step.js';
import { entry, hasKeys, type Sweep, type SweepResult } from './sweep-result.js';

interface LossCase {
  readonly loss: string;
  readonly data: string;
  readonly per: StoredTensor;
  readonly mean: number;
  readonly grad?: StoredTensor;
  readonly [variant: string]: unknown;
}

interface LossSweep {
  readonly w: StoredTensor;
  readonly mask: StoredTensor;
  readonly w2: StoredTensor;
  readonly data: Readonly<Record<string, { y_true: StoredTensor; y_pred: StoredTensor }>>;
  readonly cases: LossCase[];
}

/** Which weights and mask a variant of a case applies. */
const variants: Readonly<Record<string, (file: LossSweep) => { weights?: NdArray; mask?: NdArray }>> = {
  mean: () => ({}),
  weighted: (file) => ({ weights: tensor(file.w) }),
  masked: (file) => ({ mask: tensor(file.mask) }),
  temporal_weighted: (file) => ({ weights: tensor(file.w2) }),
  masked_temporal_weighted: (file) => ({ weights: tensor(file.w2), mask: tensor(file.mask) }),
  masked_weighted_1d: (file) => {
    const w = tensor(file.w);
    const rows = tensor(file.mask).shape[0] ?? 0;
    return { weights: { ...w, shape: [rows], data: w.data.slice(0, rows) }, mask: tensor(file.mask) };
  },
};

export const lossSweep: Sweep<LossSweep> = {
  matches: (file): file is LossSweep => hasKeys(file, 'w', 'mask', 'w2', 'data', 'cases'),
  run: async (file, runtime, result) => {
    for (const loss of file.cases) await entry(result, `${loss.loss} on ${loss.data}`, () => compare(file, loss, runtime, result));
  },
};

async function compare(file: LossSweep, loss: LossCase, runtime: Runtime, { comparison }: SweepResult): Promise<void> {
  const fn = losses.get(loss.loss);
  if (!fn) throw new FormatError('unknown_loss', 'loss', `unknown loss "${loss.loss}"`);
  const data = file.data[loss.data];
  if (!data) throw new Error(`expected data "${loss.data}", found none`);
  const [target, prediction] = [tensor(data.y_true), tensor(data.y_pred)];
  const place = `${loss.loss} on ${loss.data}`;
  const percentage = loss.loss === 'mean_absolute_percentage_error';
  const outputs: Tolerance = percentage ? tolerances.percentages : tolerances.outputs;
  const [per] = await runOnce(runtime, [target, prediction], ([t, p]) => [fn(t as tf.Tensor, p as tf.Tensor)]);
  comparison.array(`${place}, per`, per, tensor(loss.per), outputs);
  for (const [variant, settings] of Object.entries(variants)) {
    const theirs = loss[variant];
    if (typeof theirs !== 'number') continue;
    const { weights, mask } = settings(file);
    const given = [target, prediction, ...(weights ? [weights] : []), ...(mask ? [mask] : [])];
    const [mean, gradient] = await runOnce(runtime, given, ([t, p, ...rest]) => {
      const w = weights ? rest[0] : undefined;
      const m = mask ? tf.cast(rest[weights ? 1 : 0] as tf.Tensor, 'bool') : undefined;
      const { loss: value, gradients } = differentiate(() => ({ loss: weightedMean(fn, t as tf.Tensor, p as tf.Tensor, w, m), others: [] }), [p as tf.Tensor]);
      return [value, gradients[0] ?? tf.zerosLike(p as tf.Tensor)];
    });
    comparison.number(`${place}, ${variant}`, Number(mean?.data[0]), theirs, outputs);
    const stored = loss[variant === 'mean' ? 'grad' : `${variant}_grad`] as StoredTensor | undefined | null;
    if (stored && !hasKink(loss.loss, target, prediction)) comparison.array(`${place}, ${variant} gradient`, gradient, tensor(stored), percentage ? tolerances.percentages : tolerances.gradients);
  }
}

/** Losses of |t − p| have no gradient where t = p. */
function hasKink(loss: string, target: NdArray, prediction: NdArray): boolean {
  return /absolute/.test(loss) && prediction.data.some((value, i) => value === target.data[i]);
}
