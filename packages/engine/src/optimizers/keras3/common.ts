import * as tf from '@tensorflow/tfjs-core';
import type { JsonObject } from '@trainyard/keras-format';

import type { ConfigReader } from '../../config/config-reader.js';
import { decayed, type Optimizer, type Parameter, type Updated } from '../optimizer.js';

/** Arguments that every optimizer of Keras 3 has, besides its own; `decay` is that of tf-keras's legacy optimizers. */
export const COMMON_ARGUMENTS = [
  'name',
  'learning_rate',
  'decay',
  'weight_decay',
  'clipnorm',
  'global_clipnorm',
  'clipvalue',
  'use_ema',
  'ema_momentum',
  'ema_overwrite_frequency',
  'loss_scale_factor',
  'gradient_accumulation_steps',
  'jit_compile',
  'is_legacy_optimizer',
];

/** What each optimizer of Keras 3 says of itself; the rest is common to all. */
export interface Formula {
  readonly className: string;
  /** Arguments of its own, defaults filled in. */
  readonly own: JsonObject;
  /** Slots in the order of files: group after group, within a group weight by weight. */
  readonly slotGroups: readonly (readonly string[])[];
  readonly initialSlot?: number;
  /** Present where `decay` is not the learning rate's: the optimizer does with it what it means there. */
  readonly ownDecay?: true;
  /** Numbers that depend on the update's number `t` (from 1) and on `schedule`: fed to the update after the learning rate. */
  readonly fed?: (t: number, schedule: number) => number[];
  readonly advance?: (schedule: number, iterations: number) => number;
  readonly update: (parameter: Parameter, rate: tf.Tensor, fed: readonly tf.Tensor[]) => Updated;
}

/**
 * An optimizer as Keras 3 (and tf-keras since 2.11) means it: `learning_rate`, ε 1e-7, `clipnorm` of each gradient for itself,
 * `weight_decay` taken off a weight before its update: p ← p − p·λ·lr.
 * @throws FormatError for what changes the training and is not supported: schedules, moving averages of weights, …
 */
export function keras3Optimizer(config: ConfigReader, defaults: { readonly learningRate: number; readonly weightDecay?: number }, formula: Formula): Optimizer {
  refuseOthers(config);
  const lr = config.number('learning_rate', { min: 0, otherwise: defaults.learningRate });
  const decay = config.number('decay', { min: 0, otherwise: 0 });
  const lrDecay = formula.ownDecay ? 0 : decay;
  const weightDecay = config.has('weight_decay') ? config.number('weight_decay', { min: 0 }) : (defaults.weightDecay ?? null);
  const clipping = readClipping(config);
  const { className, own, slotGroups, fed = () => [] } = formula;
  return {
    className,
    meaning: 'keras3',
    config: { learning_rate: lr, weight_decay: weightDecay, ...(config.has('decay') && { decay }), clipnorm: null, global_clipnorm: null, clipvalue: null, ...clipping, ...own },
    lr,
    slotNames: slotGroups.flat(),
    slotGroups,
    ...(formula.initialSlot !== undefined && { initialSlot: formula.initialSlot }),
    savesIterations: true,
    ...(formula.advance && { advance: formula.advance }),
    hyperparameters: (rate, iterations, schedule) => [decayed(rate, lrDecay, iterations), ...fed(iterations + 1, schedule)],
    update: (parameter, [rate, ...others]) => {
      const lrNow = rate as tf.Tensor;
      if (weightDecay === null) return formula.update(parameter, lrNow, others);
      const { variable, gradient, slots, slotVariables } = parameter;
      const value = tf.sub(parameter.value, tf.mul(tf.mul(parameter.value, weightDecay), lrNow));
      return formula.update({ variable, value, gradient, slots, slotVariables }, lrNow, others);
    },
  };
}

function readClipping(config: ConfigReader): JsonObject {
  const given = ['clipnorm', 'global_clipnorm', 'clipvalue'].filter((name) => config.has(name));
  if (given.length > 1) throw config.refuse(given[1] as string, `one of clipnorm, global_clipnorm and clipvalue: ${given[0]} is there`);
  return Object.fromEntries(given.map((name) => [name, config.number(name, { min: 0 })]));
}

function refuseOthers(config: ConfigReader): void {
  const rate = config.raw('learning_rate');
  if (typeof rate === 'object' && rate !== null) throw config.refuse('learning_rate', 'a number: of schedules, use the callback LearningRateScheduler');
  if (config.boolean('use_ema', false)) throw config.refuse('use_ema', 'false');
  for (const name of ['loss_scale_factor', 'gradient_accumulation_steps']) if (config.has(name)) throw config.refuse(name, 'null');
}
