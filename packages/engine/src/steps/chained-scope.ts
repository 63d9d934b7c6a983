import type { Tensor } from '@tensorflow/tfjs-core';

import { applyRule } from '../runtime/apply-rule.js';
import type { StepScope, UpdateRule } from '../runtime/runtime.js';

/**
 * Several steps as one: each sees the variables as the step before it left them, as tensors, and the last one's values are
 * what the variables are set to.
 */
export class ChainedScope {
  readonly #outer: StepScope;
  /** Values after the steps so far, of the variables that they have set. */
  readonly #values = new Map<string, Tensor>();

  constructor(outer: StepScope) {
    this.#outer = outer;
  }

  /** Records one step. @param feed the step's own part of what is fed. */
  step<T>(feed: (name: string) => Tensor, build: (scope: StepScope) => T): T {
    const read = (variable: string): Tensor => this.#values.get(variable) ?? this.#outer.read(variable);
    const assigned = new Map<string, Tensor>();
    const assign = (variable: string, value: Tensor): void => void assigned.set(variable, value);
    const update = (rule: UpdateRule): void => applyRule(rule, read).forEach(([variable, value]) => assign(variable, value));
    const result = build({ feed, read, assign, update, updateInPieces: undefined, fuse: (inputs, body, after) => this.#outer.fuse(inputs, body, after) });
    for (const [variable, value] of assigned) this.#values.set(variable, value);
    return result;
  }

  finish(): void {
    for (const [variable, value] of this.#values) this.#outer.assign(variable, value);
  }
}
