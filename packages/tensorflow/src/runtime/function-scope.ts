import { applyRule, type StepDefinition, type UpdateRule } from '@trainyard/engine';
import type { Tensor } from '@tensorflow/tfjs-core';

import type { TfjsBackends } from '../graph/tfjs-backends.js';
import type { Trace } from '../graph/trace.js';
import type { XlaFunction } from '../graph/xla-function.js';
import type { TfOutput } from '../library/native.js';
import type { Feed } from '../session/run-plan.js';
import { RecordingScope } from './recording-scope.js';
import type { Variable, Variables } from './variables.js';

/** A variable that a step sets, and the node of the function that computes its value. */
export interface Assigned {
  readonly variable: Variable;
  readonly value: TfOutput;
}

/**
 * The scope of a step that becomes a function: feeds and the variables' values are its parameters, and what it assigns are
 * results, so that the function itself has no effects.
 */
export class FunctionScope extends RecordingScope {
  readonly updateInPieces = undefined;
  readonly assigned: Assigned[] = [];
  readonly #fn: XlaFunction;
  readonly #backends: TfjsBackends;

  /** @param trace of the session's graph, which calls the function that `fn` records. */
  constructor(step: StepDefinition, trace: Trace, fn: XlaFunction, backends: TfjsBackends, variables: Variables) {
    super(step, trace, variables);
    this.#fn = fn;
    this.#backends = backends;
  }

  update(rule: UpdateRule): void {
    for (const [variable, value] of applyRule(rule, (name) => this.read(name))) this.assign(variable, value);
  }

  /** The whole step is one function already. */
  fuse(inputs: readonly Tensor[], body: (inputs: readonly Tensor[]) => Tensor[]): Tensor[] {
    return body(inputs);
  }

  protected override tensorOfFeed({ output }: Feed): Tensor {
    return this.#parameterFor('a feed', output);
  }

  protected override tensorOfRead(_name: string, output: TfOutput): Tensor {
    return this.#parameterFor('a variable', output);
  }

  protected override recordAssign(variable: Variable, value: Tensor): void {
    this.assigned.push({ variable, value: this.#backends.outputOf(value) });
  }

  #parameterFor(what: string, output: TfOutput): Tensor {
    return this.#backends.tensorOf(what, this.#fn.pass(output));
  }
}
