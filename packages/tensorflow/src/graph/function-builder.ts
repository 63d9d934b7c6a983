import { TfAttrType } from '../eager/binding-constants.js';
import type { TfOutput } from '../library/native.js';
import { Graph, only } from './graph.js';
import type { Caller, Trace } from './trace.js';

/** A function while it is being recorded: a graph of its own, which becomes a function of the outer trace's graph. */
export class FunctionBuilder {
  /** Records what the function computes. */
  readonly trace: Trace;
  readonly #outer: Trace;
  readonly #options: { readonly xla: boolean } | undefined;
  readonly #parameters: TfOutput[] = [];

  /** @param options.xla whether XLA has to compile the function. */
  constructor(outer: Trace, options?: { readonly xla: boolean; readonly caller: Caller }) {
    this.#outer = outer;
    this.#options = options;
    this.trace = outer.inside(new Graph(outer.graph.tensorflow, outer.graph), options);
  }

  /** Adds the next parameter. */
  parameter(dtype: number, shape: readonly number[]): TfOutput {
    const attributes = [
      { name: 'dtype', type: TfAttrType.TYPE, value: dtype },
      { name: 'shape', type: TfAttrType.SHAPE, value: [...shape] },
    ];
    const parameter = only(this.trace.add({ type: 'Placeholder', attributes }));
    this.#parameters.push(parameter);
    return parameter;
  }

  /** Adds a parameter like each of these outputs of the outer graph, all of whose shapes are known. */
  parametersLike(outputs: readonly TfOutput[]): TfOutput[] {
    return outputs.map((output) => {
      const { dtype, shape } = this.#outer.describe('a function', output);
      return this.parameter(dtype, shape);
    });
  }

  /**
   * Makes the function.
   * @param role Begins its name.
   * @returns its name, for an attribute of an operation.
   */
  finish(role: string, results: readonly TfOutput[]): string {
    return this.#outer.graph.addFunction(role, this.trace.graph, this.#parameters, this.#identities(results), this.#options);
  }

  /** Releases the function's own graph; a function that is finished stays. */
  dispose(): void {
    this.trace.graph.dispose();
  }

  /** A function cannot answer a parameter as it is. */
  #identities(results: readonly TfOutput[]): TfOutput[] {
    return results.map((result) => {
      const asItIs = this.#parameters.some(({ oper, index }) => oper === result.oper && index === result.index);
      return asItIs ? only(this.trace.add({ type: 'Identity', inputs: [result] })) : result;
    });
  }
}
