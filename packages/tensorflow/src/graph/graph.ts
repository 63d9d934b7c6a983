import type { NdArray } from '@trainyard/ndarray';

import { setAttribute, type AttributeSink, type OpAttribute } from '../eager/op-attributes.js';
import { TF_OUTPUT_BYTES, type Pointer, type TfOutput } from '../library/native.js';
import { NativeHandle } from '../library/native-handle.js';
import type { TensorFlow } from '../library/tensorflow.js';
import { tfDTypeOf } from '../tensors/dtypes.js';
import { tensorFromArray } from '../tensors/native-tensor.js';

/** An input of an operation: one tensor, or the list that the op's definition has there. */
export type OperationInput = TfOutput | readonly TfOutput[];

/** What a new operation is made of. */
export interface OperationSpec {
  readonly type: string;
  /** Unique in the graph: letters, digits, `_ . - /`. */
  readonly name: string;
  readonly inputs?: readonly OperationInput[];
  readonly attributes?: readonly OpAttribute[];
  /** Attributes that are functions, by the names under which the graph knows them (see `addFunction`). */
  readonly functions?: Readonly<Record<string, string>>;
  /** The value of a `Const`. */
  readonly tensor?: NdArray;
  /** Operations that must have run before. */
  readonly after?: readonly Pointer[];
}

/** A TF_Operation of a graph. */
export interface Operation {
  readonly pointer: Pointer;
  readonly outputs: readonly TfOutput[];
}

/** The attribute by which TensorFlow gives a function, and a call of it, to XLA as a whole. */
export const MUST_COMPILE = '_XlaMustCompile';
/** An AttrValue (attr_value.proto) of `b: true`. */
const TRUE = Uint8Array.of(0x28, 0x01);

/** A TF_Graph: operations are added, never removed. */
export class Graph {
  readonly tensorflow: TensorFlow;
  readonly #handle: NativeHandle;
  readonly #outer: Graph | undefined;
  #operationCount = 0;
  #functionCount = 0;

  /** @param outer the graph that this one becomes a function of: it gets the functions of this one, too. */
  constructor(tensorflow: TensorFlow, outer?: Graph) {
    this.tensorflow = tensorflow;
    this.#outer = outer;
    this.#handle = new NativeHandle(tensorflow.live, 'graph', tensorflow.api.newGraph(), (pointer) => tensorflow.api.deleteGraph(pointer));
  }

  get pointer(): Pointer {
    return this.#handle.pointer;
  }

  /** How many operations have been added. */
  get operationCount(): number {
    return this.#operationCount;
  }

  /**
   * @throws TensorFlowError when the op's own checks refuse it: the types and shapes of its inputs, its attributes.
   */
  add(spec: OperationSpec): Operation {
    const { api } = this.tensorflow;
    const description = api.newOperation(this.pointer, spec.type, spec.name);
    for (const input of spec.inputs ?? []) {
      if (Array.isArray(input)) api.addInputList(description, input as TfOutput[], input.length);
      else api.addInput(description, input as TfOutput);
    }
    for (const operation of spec.after ?? []) api.addControlInput(description, operation);
    const refusal = this.#setAttributes(description, spec);
    const operation = this.#finish(description, spec, refusal);
    this.#operationCount++;
    const outputs = Array.from({ length: api.operationNumOutputs(operation) }, (_, index) => ({ oper: operation, index }));
    return { pointer: operation, outputs };
  }

  /** A constant. */
  constant(name: string, value: NdArray): TfOutput {
    return only(this.add({ type: 'Const', name, tensor: value }));
  }

  /**
   * Makes `body` a function that operations of this graph can call; `body` may then be disposed of.
   * @param role Begins the function's name: letters, digits, `_`.
   * @param parameters Placeholders of `body`; every other node of it is the function's.
   * @param xla Whether XLA has to compile the function: a call of it fails where XLA cannot.
   * @returns its name.
   * @throws TensorFlowError when the function cannot be made of it.
   */
  addFunction(role: string, body: Graph, parameters: readonly TfOutput[], results: readonly TfOutput[], { xla = false } = {}): string {
    const { api, live } = this.tensorflow;
    const name = this.#functionName(role);
    const place = `function ${name}`;
    const pointer = this.tensorflow.created(place, (status) =>
      // -1: all operations of the body.
      api.graphToFunction(body.pointer, name, 0, -1, null, parameters.length, parameters, results.length, results, null, null, null, status),
    );
    const fn = new NativeHandle(live, 'function', pointer, (released) => api.deleteFunction(released));
    try {
      if (xla) this.tensorflow.checked(place, (status) => api.functionSetAttrValueProto(fn.pointer, MUST_COMPILE, TRUE, TRUE.length, status));
      this.#know(fn.pointer, place);
    } finally {
      fn.dispose();
    }
    return name;
  }

  /** Unique among the functions of this graph and of those around it. */
  #functionName(role: string): string {
    return this.#outer ? this.#outer.#functionName(role) : `${role}_${this.#functionCount++}`;
  }

  /** A function does not bring along those that it calls: every graph around has to know them. */
  #know(fn: Pointer, place: string): void {
    this.tensorflow.checked(place, (status) => this.tensorflow.api.graphCopyFunction(this.pointer, fn, null, status));
    if (this.#outer) this.#outer.#know(fn, place);
  }

  /** TensorFlow's number of the dtype of an output. */
  dtypeOf(output: TfOutput): number {
    return this.tensorflow.api.operationOutputType(output);
  }

  /** What TensorFlow's shape inference knows of an output: -1 where a dimension is unknown, undefined where the rank is. */
  shapeOf(output: TfOutput): number[] | undefined {
    const { api } = this.tensorflow;
    const rank = this.tensorflow.checked('shape', (status) => api.graphTensorNumDims(this.pointer, output, status));
    if (rank < 0) return undefined;
    const dims = new BigInt64Array(rank);
    if (rank > 0) this.tensorflow.checked('shape', (status) => api.graphTensorShape(this.pointer, output, dims, rank, status));
    return Array.from(dims, Number);
  }

  /** Tells the graph the shape of an output, which the calls of functions leave open. */
  setShape(output: TfOutput, shape: readonly number[]): void {
    const dims = BigInt64Array.from(shape, BigInt);
    this.tensorflow.checked('shape', (status) => this.tensorflow.api.graphSetTensorShape(this.pointer, output, dims, dims.length, status));
  }

  /** The operations that take an output as an input. */
  consumersOf(output: TfOutput): Pointer[] {
    const { api } = this.tensorflow;
    const count = api.operationOutputNumConsumers(output);
    const inputs = new Uint8Array(count * TF_OUTPUT_BYTES);
    if (count > 0) api.operationOutputConsumers(output, inputs, count);
    const view = new DataView(inputs.buffer);
    const operations = Array.from({ length: count }, (_, index) => view.getBigUint64(index * TF_OUTPUT_BYTES, true));
    return [...new Set(operations)];
  }

  dispose(): void {
    this.#handle.dispose();
  }

  /** A description can only be freed by finishing it, so a refused attribute is reported after that. */
  #finish(description: Pointer, { name, type }: OperationSpec, refusal: Error | undefined): Pointer {
    try {
      const operation = this.tensorflow.created(`${name} (${type})`, (status) => this.tensorflow.api.finishOperation(description, status));
      if (!refusal) return operation;
    } catch (error) {
      throw refusal ?? error;
    }
    throw refusal;
  }

  #setAttributes(description: Pointer, spec: OperationSpec): Error | undefined {
    try {
      const sink = graphSink(this.tensorflow, description);
      for (const attribute of spec.attributes ?? []) setAttribute(sink, `${spec.name} (${spec.type})`, attribute);
      for (const [name, fn] of Object.entries(spec.functions ?? {})) {
        const bytes = new TextEncoder().encode(fn);
        this.tensorflow.api.setAttrFuncName(description, name, bytes, bytes.length);
      }
      if (spec.tensor) this.#setValue(description, spec.tensor);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  #setValue(description: Pointer, value: NdArray): void {
    const { api } = this.tensorflow;
    const tensor = tensorFromArray(this.tensorflow, value);
    try {
      api.setAttrType(description, 'dtype', tfDTypeOf[value.dtype]);
      this.tensorflow.checked('value', (status) => api.setAttrTensor(description, 'value', tensor.pointer, status));
    } finally {
      tensor.dispose();
    }
  }
}

/**
 * The output of an operation that has one.
 * @throws Error when it has another number of them.
 */
export function only(operation: Operation): TfOutput {
  const [output] = operation.outputs;
  if (!output || operation.outputs.length !== 1) throw new Error(`expected an operation with one output, received ${operation.outputs.length}`);
  return output;
}

function graphSink(tensorflow: TensorFlow, description: Pointer): AttributeSink {
  const { api } = tensorflow;
  return {
    string: (name, value) => api.setAttrString(description, name, value, value.length),
    int: (name, value) => api.setAttrInt(description, name, value),
    ints: (name, values) => api.setAttrIntList(description, name, values, values.length),
    float: (name, value) => api.setAttrFloat(description, name, value),
    floats: (name, values) => api.setAttrFloatList(description, name, values, values.length),
    bool: (name, value) => api.setAttrBool(description, name, Number(value)),
    bools: (name, values) => api.setAttrBoolList(description, name, values, values.length),
    type: (name, value) => api.setAttrType(description, name, value),
    types: (name, values) => api.setAttrTypeList(description, name, values, values.length),
    shape: (name, dims) => api.setAttrShape(description, name, dims, dims.length),
  };
}
