import type * as tf from '@tensorflow/tfjs-core';
import type { JsonObject } from '@trainyard/keras-format';

import type { UpdateRule } from '../runtime/runtime.js';

/** A parameter at its update: tensors of this step. */
export interface Parameter {
  readonly variable: string;
  readonly value: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** The optimizer's state for it, in the order of `slotNames`. */
  readonly slots: readonly tf.Tensor[];
  readonly slotVariables: readonly string[];
}

export interface Updated {
  readonly value: tf.Tensor;
  readonly slots: readonly tf.Tensor[];
}

/**
 * An optimizer by its Keras 2.0 formula, or by Keras 3's (`keras3/`). What depends only on the number of updates so far (learning rate, bias
 * correction) is computed on the host in `hyperparameters` and fed; the rest is ops.
 */
export interface Optimizer {
  readonly className: string;
  /** Present where arguments, formula and clipping are those of Keras 3. */
  readonly meaning?: 'keras3';
  /** `get_config` of the Keras that it means: every argument, defaults filled in. `lr` (`learning_rate`) is the configured one. */
  readonly config: JsonObject;
  readonly lr: number;
  /** State per parameter, each of the parameter's shape and starting at `initialSlot`, or 0. */
  readonly slotNames: readonly string[];
  readonly initialSlot?: number;
  /**
   * The same in the order of files: group after group, within a group weight by weight. Absent: each slot is a group of its
   * own, as in Keras 2.0.
   */
  readonly slotGroups?: readonly (readonly string[])[];
  /** Whether h5 files hold `iterations` as the first optimizer weight: not for RMSprop, Adagrad, Adadelta in Keras 2.0. */
  readonly savesIterations: boolean;
  /**
   * The numbers fed to an update.
   * @param lr the learning rate in force, before decay.
   * @param iterations updates made before this one.
   * @param schedule what `advance` made of 1 so far; 1 where there is no `advance`.
   */
  hyperparameters(lr: number, iterations: number, schedule: number): number[];
  /** A number that starts at 1 and that each update hands to the next, on the host; h5 files do not hold it (Nadam). */
  advance?(schedule: number, iterations: number): number;
  /** The formula, elementwise: a large parameter is updated piece by piece. `hyper` are the scalars of `hyperparameters`. */
  update(parameter: Parameter, hyper: readonly tf.Tensor[]): Updated;
  /** The same as a rule that a runtime has a kernel for, where there is one. */
  fused?(parameter: Parameter, hyper: readonly tf.Tensor[]): UpdateRule;
}

/** lr / (1 + decay·k), in float32 as Keras's graph computes it. */
export function decayed(lr: number, decay: number, iterations: number): number {
  const rate = Math.fround(lr);
  if (decay <= 0) return rate;
  return Math.fround(rate * Math.fround(1 / Math.fround(1 + Math.fround(Math.fround(decay) * iterations))));
}
