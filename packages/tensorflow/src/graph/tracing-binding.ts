import { ndarray, type NdArray, type TypedArray } from '@trainyard/ndarray';

import type { TensorMetadata } from '../eager/eager-binding.js';
import { hostBytes, tfDTypeOfTfjs, type HostValues } from '../eager/host-values.js';
import type { OpAttribute } from '../eager/op-attributes.js';
import type { TfOutput } from '../library/native.js';
import { dtypeOf } from '../tensors/dtypes.js';
import type { Trace } from './trace.js';

/** A tensor whose values are known: it becomes a constant of each trace that uses it. */
interface HostTensor {
  readonly value: NdArray;
  readonly nodes: WeakMap<Trace, TfOutput>;
}

/** A tensor that only a run will compute. */
interface SymbolicTensor {
  readonly trace: Trace;
  readonly output: TfOutput;
  readonly producer: string;
}

/**
 * tfjs-node's interface to TensorFlow, in which `executeOp` computes nothing: it adds an operation to the graph that is
 * being traced, and answers with the shape that TensorFlow infers.
 */
export class TracingBinding {
  readonly #host = new Map<number, HostTensor>();
  readonly #symbolic = new Map<number, SymbolicTensor>();
  #trace: Trace | undefined;
  #nextId = 0;

  /**
   * @throws Error while a trace is being recorded: `build` of one step compiled another.
   */
  refuseNested(): void {
    if (this.#trace) throw new Error('a step is being traced already; compile steps one after the other');
  }

  /** Records what `body` executes into `trace`. */
  record<T>(trace: Trace, body: () => T): T {
    this.refuseNested();
    this.#trace = trace;
    try {
      return body();
    } finally {
      this.#trace = undefined;
      for (const [id, symbol] of this.#symbolic) if (symbol.trace === trace) this.#symbolic.delete(id);
    }
  }

  /** Records what `body` executes into the body of a function of the current trace. */
  recordInside<T>(trace: Trace, body: () => T): T {
    const outer = this.#current('a function');
    this.#trace = undefined;
    try {
      return this.record(trace, body);
    } finally {
      this.#trace = outer;
    }
  }

  /** The trace that ops are recorded into. */
  get trace(): Trace {
    return this.#current('an op');
  }

  isUsingGpuDevice(): boolean {
    return false;
  }

  createTensor(shape: number[], dtype: number | string, values: HostValues): number {
    const tfDType = tfDTypeOfTfjs(dtype);
    const ours = dtypeOf(tfDType);
    if (!ours) throw new TypeError(`a traced step computes with numbers and booleans; it cannot hold a tensor of dtype ${dtype}`);
    const bytes = hostBytes(tfDType, shape, values);
    this.#host.set(this.#nextId, { value: ndarray(ours, [...shape], bytes as TypedArray), nodes: new WeakMap() });
    return this.#nextId++;
  }

  deleteTensor(id: number): void {
    // A symbolic tensor may outlive its trace: nothing native belongs to it.
    this.#host.delete(id);
    this.#symbolic.delete(id);
  }

  /**
   * @throws Error for a symbolic tensor, which has no values before a run.
   */
  tensorDataSync(id: number): TypedArray {
    const host = this.#host.get(id);
    if (host) return host.value.data;
    const symbol = this.#symbolic.get(id);
    if (symbol)
      throw new Error(
        `the values of ${describeSymbol(symbol)} were read while the step was traced; they exist only when it runs. ` +
          'Compute with tensors instead of dataSync(), arraySync() or data()',
      );
    throw this.#unknown();
  }

  executeOp(type: string, attributes: readonly OpAttribute[], inputIds: readonly number[], outputCount: number): TensorMetadata[] {
    const trace = this.#current(type);
    const inputs = inputIds.map((id) => this.outputOf(id));
    return trace.execute(type, attributes, inputs, outputCount).map((output) => this.register(type, output));
  }

  getNumOfTensors(): number {
    return this.#host.size + this.#symbolic.size;
  }

  /** Makes an output of the graph known to tfjs. */
  register(type: string, output: TfOutput): TensorMetadata {
    const trace = this.#current(type);
    const metadata = trace.describe(type, output);
    this.#symbolic.set(this.#nextId, { trace, output, producer: type });
    return { id: this.#nextId++, ...metadata };
  }

  /**
   * The node of the current trace that stands for a tensor.
   * @throws Error when the tensor belongs to another step.
   */
  outputOf(id: number): TfOutput {
    const trace = this.#current('a tensor');
    const host = this.#host.get(id);
    if (host) {
      const known = host.nodes.get(trace);
      if (known) return known;
      const node = trace.constant(host.value);
      host.nodes.set(trace, node);
      return node;
    }
    const symbol = this.#symbolic.get(id);
    if (!symbol || symbol.trace !== trace) throw this.#unknown();
    return symbol.output;
  }

  #current(purpose: string): Trace {
    if (!this.#trace) throw new Error(`${purpose}: no step is being traced; this tensor belongs to one that has been compiled`);
    return this.#trace;
  }

  #unknown(): Error {
    return new Error('a step used a tensor of another step, or one that has been disposed of; get it from the scope of this one');
  }
}

function describeSymbol({ producer, output, trace }: SymbolicTensor): string {
  const { shape } = trace.describe(producer, output);
  return `an output of ${producer}, of shape [${shape.join(', ')}],`;
}
