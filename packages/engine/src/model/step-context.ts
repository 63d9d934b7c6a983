import * as tf from '@tensorflow/tfjs-core';

import type { CallScope, Layer } from '../layers/layer.js';
import type { StepScope } from '../runtime/runtime.js';
import type { Model } from './model.js';

/**
 * Carries a model through one step: weights come from the step's variables, updates and losses are gathered. A layer that
 * is called twice can see its first call's update in its second, and sets the variable once, at the end.
 */
export class StepContext {
  readonly losses: tf.Tensor[] = [];
  readonly #scope: StepScope;
  readonly #training: boolean;
  readonly #differentiated: boolean;
  readonly #pending = new Map<string, tf.Tensor>();
  #seeds = 0;

  /** @param options.differentiated whether gradients will be taken of what is computed. */
  constructor(scope: StepScope, { training, differentiated = true }: { training: boolean; differentiated?: boolean }) {
    this.#scope = scope;
    this.#training = training;
    this.#differentiated = differentiated;
  }

  /** The scope in which the model itself is run. */
  root(): CallScope {
    return this.#scopeAt('');
  }

  /** Takes the gathered updates out: the caller assigns them at the end of its step. */
  take(): [variable: string, value: tf.Tensor][] {
    const updates = [...this.#pending];
    this.#pending.clear();
    return updates;
  }

  /** int32 [2]: the fed (seed, step), its first word moved by a multiple of an odd constant for each draw of the step. */
  #seed(): tf.Tensor {
    const draw = this.#seeds++;
    return tf.add(this.#scope.feed('seed'), tf.tensor1d([Math.imul(draw, 0x9e3779b1), 0], 'int32'));
  }

  #scopeAt(path: string): CallScope {
    const variable = (name: string): string => `${path}${name}`;
    return {
      training: this.#training,
      differentiated: this.#differentiated,
      weight: (name) => this.#pending.get(variable(name)) ?? this.#scope.read(variable(name)),
      before: (name) => this.#scope.read(variable(name)),
      assign: (name, value) => void this.#pending.set(variable(name), value),
      addLoss: (loss) => void this.losses.push(loss),
      seed: () => this.#seed(),
      inner: (layer: Layer) => this.#scopeAt(`${path}${layer.name}/`),
    };
  }
}

/** The inputs of a step, named `x0`, `x1`, …, given to the model. */
export function feedInputs(model: Model, scope: StepScope): tf.Tensor[] {
  return model.inputs.map((_, i) => scope.feed(`x${i}`));
}
