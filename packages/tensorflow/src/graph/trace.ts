import { ndarray, type NdArray } from '@trainyard/ndarray';

import type { TensorMetadata } from '../eager/eager-binding.js';
import type { OpAttribute } from '../eager/op-attributes.js';
import type { TfOutput } from '../library/native.js';
import type { OpDefinitions } from '../protobuf/op-definitions.js';
import { ConstantCache } from './constant-cache.js';
import { only, type Graph, type Operation, type OperationSpec } from './graph.js';
import { groupInputs } from './group-inputs.js';
import { StackedLists } from './stacked-lists.js';

/** One recording of tfjs ops into a graph, under a name of its own. */
export class Trace {
  readonly graph: Graph;
  /** Sequences that are kept as lists, too. */
  readonly lists = new StackedLists();
  /** Whether kernels may take ops that are faster and round otherwise: see StepDefinition. */
  readonly relaxed: boolean;
  readonly #definitions: OpDefinitions;
  readonly #scope: string;
  readonly #constants = new ConstantCache();
  readonly #countByType = new Map<string, number>();
  #nodeCount = 0;

  /**
   * @param scope Begins the names of the operations; unique in the graph.
   */
  constructor(graph: Graph, definitions: OpDefinitions, scope: string, { relaxed = false }: { relaxed?: boolean } = {}) {
    this.graph = graph;
    this.relaxed = relaxed;
    this.#definitions = definitions;
    this.#scope = scope;
  }

  /** How many operations this trace has added. */
  get nodeCount(): number {
    return this.#nodeCount;
  }

  /** Adds an operation under the next free name of its type. */
  add(spec: Omit<OperationSpec, 'name'>): Operation {
    const operation = this.graph.add({ ...spec, name: this.#nameOf(spec.type) });
    this.#nodeCount++;
    return operation;
  }

  /** A constant; equal small ones are the same node. */
  constant(value: NdArray): TfOutput {
    return this.#constants.get(value, () => only(this.add({ type: 'Const', tensor: value })));
  }

  /** A trace of the same library into another graph: the body of a function. */
  inside(graph: Graph): Trace {
    return new Trace(graph, this.#definitions, 'body', { relaxed: this.relaxed });
  }

  /** An int32 scalar. */
  integer(value: number): TfOutput {
    return this.constant(ndarray('int32', [], Int32Array.of(value)));
  }

  /** An int32 vector: a shape. */
  integers(values: readonly number[]): TfOutput {
    return this.constant(ndarray('int32', [values.length], Int32Array.from(values)));
  }

  /** A float32 scalar. */
  scalar(value: number): TfOutput {
    return this.constant(ndarray('float32', [], Float32Array.of(value)));
  }

  /**
   * Adds an op as tfjs's kernels describe it: flat inputs, every attribute.
   * @throws Error when the op has another number of outputs; TensorFlowError when its own checks refuse it.
   */
  execute(type: string, attributes: readonly OpAttribute[], inputs: readonly TfOutput[], outputCount: number): readonly TfOutput[] {
    const definition = this.#definitions.get(type);
    const set = attributes.filter(({ name }) => !definition.inferred.has(name));
    const { outputs } = this.add({ type, attributes: set, inputs: groupInputs(definition, inputs) });
    if (outputs.length < outputCount) throw new Error(`${type}: expected ${outputCount} outputs, the op has ${outputs.length}`);
    return outputs.slice(0, outputCount);
  }

  /**
   * What tfjs must know of an output.
   * @throws Error when its shape depends on values, which only a run knows.
   */
  describe(type: string, output: TfOutput): Omit<TensorMetadata, 'id'> {
    const shape = this.graph.shapeOf(output);
    if (!shape || shape.some((dimension) => dimension < 0))
      throw new Error(`${type}: the shape of its output, [${shape?.map((d) => (d < 0 ? '?' : d)).join(', ') ?? '?'}], depends on values; a traced step needs shapes that are known`);
    return { shape, dtype: this.graph.dtypeOf(output) };
  }

  #nameOf(type: string): string {
    const count = this.#countByType.get(type) ?? 0;
    this.#countByType.set(type, count + 1);
    // A leading underscore is reserved to TensorFlow.
    return `${this.#scope}/${type.replace(/^_/, '')}${count === 0 ? '' : `_${count}`}`;
  }
}
