import type { Program, StepDefinition, VariableSpec } from '@trainyard/engine';
import type { NdArray } from '@trainyard/ndarray';

import type { TensorFlowConfig } from '../config/config-proto.js';
import type { Device } from '../config/device.js';
import { TfAttrType } from '../eager/binding-constants.js';
import { Graph, only } from '../graph/graph.js';
import type { TfjsBackends } from '../graph/tfjs-backends.js';
import { Trace } from '../graph/trace.js';
import type { Pointer } from '../library/native.js';
import type { TensorFlow } from '../library/tensorflow.js';
import type { OpDefinitions } from '../protobuf/op-definitions.js';
import { RunPlan, type Feed, type Fetch } from '../session/run-plan.js';
import { SessionRunner } from '../session/session-runner.js';
import { Session } from '../session/session.js';
import { SlotPool } from '../session/slot-pool.js';
import { tfDTypeOf } from '../tensors/dtypes.js';
import { checkArray } from './check-array.js';
import { TensorFlowStep } from './compiled-step.js';
import { traceStep } from './trace-step.js';
import { Variables } from './variables.js';

/** What a program needs of its runtime. */
export interface ProgramContext {
  readonly tensorflow: TensorFlow;
  readonly definitions: OpDefinitions;
  readonly backends: TfjsBackends;
  readonly config: TensorFlowConfig;
  /** Unique among the programs of the process. */
  readonly container: string;
  /** The program has been disposed of. */
  readonly onDispose: (program: TensorFlowProgram) => void;
}

/** Sets one variable from outside a step. */
interface Write {
  readonly feed: Feed;
  readonly target: Pointer;
}

/** One graph and one session: variables, and the steps over them. */
export class TensorFlowProgram implements Program {
  readonly #context: ProgramContext;
  readonly #graph: Graph;
  readonly #variables: Variables;
  readonly #runner: SessionRunner;
  readonly #steps = new Set<TensorFlowStep>();
  readonly #scopes = new Map<string, number>();
  /** Nodes that read and write a variable from outside a step, added when first asked for. */
  readonly #reads = new Map<string, Fetch>();
  readonly #writes = new Map<string, Write>();
  /** Nodes added so far that read, write or release a variable. */
  #added = 0;
  #disposed = false;

  constructor(context: ProgramContext, variables: readonly VariableSpec[]) {
    this.#context = context;
    const { tensorflow, config } = context;
    this.#graph = new Graph(tensorflow);
    try {
      this.#variables = new Variables(this.#graph, variables, context.container);
    } catch (error) {
      this.#graph.dispose();
      throw error;
    }
    // The session is made by the first run: it is what takes a GPU's memory.
    this.#runner = new SessionRunner(
      tensorflow,
      () => new Session(tensorflow, this.#graph, config),
      () => this.#graph.dispose(),
      () => this.#variables.changeInPlace,
    );
  }

  compile(step: StepDefinition): TensorFlowStep {
    this.#checkAlive();
    const { tensorflow, definitions, backends } = this.#context;
    const trace = new Trace(this.#graph, definitions, this.#scopeOf(step.name), { relaxed: step.relaxed ?? false, compilesParts: step.xla === 'parts', once: step.once ?? false });
    const traced = traceStep(step, trace, backends, this.#variables);
    const compiled = new TensorFlowStep(tensorflow, this.#runner, step, traced, trace.nodeCount);
    this.#steps.add(compiled);
    return compiled;
  }

  declare(variables: readonly VariableSpec[]): void {
    this.#checkAlive();
    for (const spec of variables) this.#variables.add(spec);
  }

  async release(names: readonly string[]): Promise<void> {
    this.#checkAlive();
    const targets = names.map((name) => {
      const { handle } = this.#variables.remove(name);
      this.#reads.delete(name);
      this.#writes.delete(name);
      const ignore = { name: 'ignore_lookup_error', type: TfAttrType.BOOL, value: true };
      return this.#graph.add({ type: 'DestroyResourceOp', name: `release/${this.#added++}`, inputs: [handle], attributes: [ignore] }).pointer;
    });
    if (targets.length > 0) await this.#runOnce('releasing variables', [], [], targets, []);
  }

  async read(names: readonly string[]): Promise<NdArray[]> {
    this.#checkAlive();
    if (names.length === 0) return [];
    return this.#runOnce('reading variables', [], names.map((name) => this.#fetchOf(name)), [], []);
  }

  async write(values: ReadonlyMap<string, NdArray>): Promise<void> {
    this.#checkAlive();
    if (values.size === 0) return;
    const arrays = [...values].map(([name, value]) => checkArray(`variable ${name}`, this.#variables.get(name).spec, value));
    const writes = [...values.keys()].map((name) => this.#writeOf(name));
    await this.#runOnce('writing variables', writes.map(({ feed }) => feed), [], writes.map(({ target }) => target), arrays);
  }

  /** The devices that the program's steps may run on. Makes the session, and with it takes their memory. */
  devices(): Device[] {
    this.#checkAlive();
    return this.#runner.session.devices();
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const step of this.#steps) step.dispose();
    this.#runner.close();
    this.#context.onDispose(this);
  }

  async #runOnce(place: string, feeds: readonly Feed[], fetches: readonly Fetch[], targets: readonly Pointer[], values: readonly NdArray[]): Promise<NdArray[]> {
    const { tensorflow } = this.#context;
    const plan = new RunPlan(tensorflow, feeds, fetches, targets);
    const pool = new SlotPool(tensorflow, plan);
    const slot = pool.acquire(values);
    pool.close();
    return this.#runner.run(plan, slot, place, () => pool.release(slot));
  }

  #fetchOf(name: string): Fetch {
    return remembered(this.#reads, name, () => {
      const { spec, handle } = this.#variables.get(name);
      const operation = this.#graph.add({
        type: 'ReadVariableOp',
        name: `read/${this.#added++}`,
        inputs: [handle],
        attributes: [{ name: 'dtype', type: TfAttrType.TYPE, value: tfDTypeOf[spec.dtype] }],
      });
      return { output: only(operation), dtype: spec.dtype, shape: spec.shape };
    });
  }

  #writeOf(name: string): Write {
    return remembered(this.#writes, name, () => {
      const at = this.#added++;
      const { spec, handle } = this.#variables.get(name);
      const dtype = { name: 'dtype', type: TfAttrType.TYPE, value: tfDTypeOf[spec.dtype] };
      const shape = { name: 'shape', type: TfAttrType.SHAPE, value: [...spec.shape] };
      const value = only(this.#graph.add({ type: 'Placeholder', name: `write/${at}/value`, attributes: [dtype, shape] }));
      const assign = this.#graph.add({ type: 'AssignVariableOp', name: `write/${at}`, inputs: [handle, value], attributes: [dtype] });
      return { feed: { name, output: value, dtype: spec.dtype, shape: spec.shape }, target: assign.pointer };
    });
  }

  /** A node-name scope for a step: its name, numbered where several steps have the same. */
  #scopeOf(step: string): string {
    const name = `steps/${step.replace(/[^A-Za-z0-9_.-]/g, '_')}`;
    const count = this.#scopes.get(name) ?? 0;
    this.#scopes.set(name, count + 1);
    return count === 0 ? name : `${name}.${count}`;
  }

  #checkAlive(): void {
    if (this.#disposed) throw new Error('the program has been disposed of');
  }
}

function remembered<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = create();
  map.set(key, value);
  return value;
}
