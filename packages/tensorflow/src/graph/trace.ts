import { ndarray, type NdArray } from '@trainyard/ndarray';

import type { TensorMetadata } from '../eager/eager-binding.js';
import type { OpAttribute } from '../eager/op-attributes.js';
import type { Pointer, TfOutput } from '../library/native.js';
import type { OpDefinitions } from '../protobuf/op-definitions.js';
import { ConstantCache } from './constant-cache.js';
import { only, type Graph, type Operation, type OperationSpec } from './graph.js';
import { TfDType } from '../tensors/dtypes.js';
import { groupInputs } from './group-inputs.js';
import { NodeMap } from './node-map.js';
import type { Feed } from '../session/run-plan.js';

/** The trace that calls a function, and how its body gets one more argument from there. */
export interface Caller {
  readonly trace: Trace;
  /** A parameter that stands for a node of the caller. */
  pass(node: TfOutput): TfOutput;
}

/**
 * Ops that make a large tensor of a shape and a small constant. TensorFlow would fold them before the first run: compute them on one
 * core, to find that they are too large to keep, or keep them (zeros) as long as the session lives. Of 165 million parameters,
 * first values and slots took 2.9 s of processor time and 1.4 GB more with it, 1.2 s without (`npm run bench -- --case vqa`).
 */
const FILLING: ReadonlySet<string> = new Set(['Fill', 'StatelessRandomUniform', 'StatelessRandomNormal', 'StatelessTruncatedNormal']);

export interface TraceOptions {
  readonly once?: boolean;
  readonly relaxed?: boolean;
  readonly xla?: boolean;
  readonly compilesParts?: boolean;
  readonly caller?: Caller | undefined;
}

/** One recording of tfjs ops into a graph, under a name of its own. */
export class Trace {
  readonly graph: Graph;
  /** The lists that sequences were stacked from. */
  readonly lists = new NodeMap<TfOutput>();
  /** Whether kernels may take ops that are faster and round otherwise: see StepDefinition. */
  readonly relaxed: boolean;
  /** Whether XLA compiles what is recorded: this is the body of a function of its own. */
  readonly xla: boolean;
  /** Where the function that is recorded is called, if its body may ask for more arguments. */
  readonly caller: Caller | undefined;
  /** Whether loops, and parts that a step asks for, become functions that XLA compiles. */
  readonly compilesParts: boolean;
  /** Constants that a run must be fed, so that nothing is folded into them. */
  readonly fedConstants: { readonly feed: Feed; readonly value: NdArray }[] = [];
  /** Whether the step runs once: see StepDefinition. */
  readonly #once: boolean;
  readonly #definitions: OpDefinitions;
  readonly #scope: string;
  readonly #constants = new ConstantCache();
  /** What of this function's nodes its caller has, too: see `sourceOf`. */
  readonly #sources = new NodeMap<TfOutput>();
  /** Values of constants, where the step runs once. */
  readonly #values = new NodeMap<NdArray>();
  readonly #countByType = new Map<string, number>();
  #nodeCount = 0;
  /** The ops for which the next one waits, while ops are recorded `inTurn`. */
  #turn: readonly Pointer[] | undefined;

  /**
   * @param scope Begins the names of the operations; unique in the graph.
   */
  constructor(graph: Graph, definitions: OpDefinitions, scope: string, { relaxed = false, xla = false, compilesParts = false, once = false, caller }: TraceOptions = {}) {
    this.graph = graph;
    this.relaxed = relaxed;
    this.xla = xla;
    this.caller = caller;
    this.compilesParts = compilesParts && !xla;
    this.#once = once;
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
    const node = this.#constants.get(value, () => only(this.add({ type: 'Const', tensor: value })));
    if (this.#once) this.#values.set(node, value);
    if (this.caller && value.dtype === 'int32') this.#sources.set(node, this.caller.trace.constant(value));
    return node;
  }

  /** Declares a parameter to be `argument` of the caller. */
  parameterIs(parameter: TfOutput, argument: TfOutput): void {
    if (this.graph.dtypeOf(parameter) === TfDType.INT32) this.#sources.set(parameter, argument);
  }

  /**
   * The node of the caller with the same value, of a node that is computed from int32 parameters alone, as seeds of random
   * numbers are: XLA would draw others, so they are drawn before the call.
   */
  sourceOf(node: TfOutput): TfOutput | undefined {
    return this.#sources.get(node);
  }

  /** A trace of the same library into another graph: the body of a function. */
  inside(graph: Graph, { xla = this.xla, caller }: Pick<TraceOptions, 'xla' | 'caller'> = {}): Trace {
    return new Trace(graph, this.#definitions, 'body', { relaxed: this.relaxed, xla, compilesParts: this.compilesParts, caller });
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
    const after = this.#turn ?? [];
    const operation = this.add({ type, attributes: set, inputs: groupInputs(definition, inputs), after });
    if (this.#once && FILLING.has(type)) this.#feedConstant(inputs[1]);
    if (this.#turn) this.#turn = [operation.pointer];
    const { outputs } = operation;
    if (outputs.length < outputCount) throw new Error(`${type}: expected ${outputCount} outputs, the op has ${outputs.length}`);
    const sources = this.caller ? inputs.map((input) => this.#sources.get(input)) : [];
    if (this.caller && sources.length > 0 && sources.every((source) => source !== undefined)) {
      const twins = this.caller.trace.execute(type, attributes, sources, outputCount);
      twins.forEach((twin, i) => this.#sources.set(outputs[i] as TfOutput, twin));
    }
    return outputs.slice(0, outputCount);
  }

  /**
   * The ops that `body` executes will run one after the other, as they were recorded, the first one after all of `inputs`: then no
   * more of their results are in memory at once than need be. Each op uses all cores, so nothing waits for long.
   */
  inTurn<T>(inputs: readonly TfOutput[], body: () => T): T {
    const outer = this.#turn;
    this.#turn = [...new Set(inputs.map(({ oper }) => oper))];
    try {
      return body();
    } finally {
      this.#turn = outer;
    }
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

  #feedConstant(node: TfOutput | undefined): void {
    const value = node && this.#values.get(node);
    if (!node || !value || this.fedConstants.some(({ feed }) => feed.output.oper === node.oper)) return;
    this.fedConstants.push({ feed: { name: `constant ${this.fedConstants.length}`, output: node, dtype: value.dtype, shape: value.shape }, value });
  }

  #nameOf(type: string): string {
    const count = this.#countByType.get(type) ?? 0;
    this.#countByType.set(type, count + 1);
    // A leading underscore is reserved to TensorFlow.
    return `${this.#scope}/${type.replace(/^_/, '')}${count === 0 ? '' : `_${count}`}`;
  }
}
