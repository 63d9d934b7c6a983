import type { StepDefinition, StepScope, VariableSpec } from '@trainyard/engine';
import { zeros, type Tensor } from '@tensorflow/tfjs-core';

/** The scope of a step that only answers: states are cleared before it, and forgotten after it. */
export class ServingScope implements StepScope {
  readonly updateInPieces = undefined;

  /**
   * @param feeds by their names.
   * @param weights by their variables.
   */
  constructor(
    private readonly step: StepDefinition,
    private readonly feeds: ReadonlyMap<string, Tensor>,
    private readonly weights: ReadonlyMap<string, Tensor>,
    private readonly states: readonly VariableSpec[],
  ) {}

  feed(name: string): Tensor {
    return this.#known(this.feeds.get(name), name);
  }

  read(variable: string): Tensor {
    const state = this.states.find(({ name }) => name === variable);
    return state ? zeros([...state.shape], state.dtype) : this.#known(this.weights.get(variable), variable);
  }

  assign(): void {
    // A state that moves on, and nobody will read.
  }

  update(): void {
    throw new Error(`step ${this.step.name}: expected a step that trains nothing`);
  }

  fuse(inputs: readonly Tensor[], body: (inputs: readonly Tensor[]) => Tensor[]): Tensor[] {
    return body(inputs);
  }

  #known(tensor: Tensor | undefined, name: string): Tensor {
    if (!tensor) throw new RangeError(`step ${this.step.name}: ${name}: there is no such feed or weight`);
    return tensor;
  }
}
