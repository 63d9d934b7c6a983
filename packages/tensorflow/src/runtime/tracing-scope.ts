import type { Accumulate, StepDefinition, UpdateRule } from '@trainyard/engine';
import { mul, type Tensor } from '@tensorflow/tfjs-core';

import type { Operation } from '../graph/graph.js';
import type { TfjsBackends } from '../graph/tfjs-backends.js';
import type { Trace } from '../graph/trace.js';
import { addXlaCall } from '../graph/xla-function.js';
import type { Pointer, TfOutput } from '../library/native.js';
import type { Feed } from '../session/run-plan.js';
import { sameShape } from './check-array.js';
import { dtypeAttribute, RecordingScope } from './recording-scope.js';
import { updateOp, variablesOf } from './update-rules.js';
import type { Variable, Variables } from './variables.js';

/**
 * Elements from which what lies between the inputs and outputs of a fused part counts in memory: of an RMSprop update of 160 million
 * weights four arrays are there at once, and were seven when each op ran as soon as it could (PEAK instead of 4.9 GB at the peak:
 * `npm run bench -- --case vqa`).
 */
const LARGE = 2 ** 18;

/** A change of variables that waits for the end of the trace, when every read of them is known. */
interface PendingWrite {
  readonly variables: readonly string[];
  add(after: readonly Pointer[]): Operation;
}

/** The scope of a step whose ops are nodes of the session's graph. */
export class TracingScope extends RecordingScope {
  readonly #backends: TfjsBackends;
  readonly #reads = new Map<string, TfOutput>();
  readonly #writes: PendingWrite[] = [];
  /** What the last large part computes: the next one begins after it. */
  #large: readonly TfOutput[] = [];

  constructor(step: StepDefinition, trace: Trace, backends: TfjsBackends, variables: Variables) {
    super(step, trace, variables);
    this.#backends = backends;
  }

  update(rule: UpdateRule): void {
    const variables = variablesOf(rule);
    const { spec } = this.variables.get(rule.variable);
    for (const name of variables) {
      const variable = this.variables.get(name).spec;
      if (variable.dtype !== 'float32' || !sameShape(variable.shape, spec.shape))
        throw this.error(`${name}: expected a float32 variable of shape [${spec.shape.join(', ')}] to update, it is ${variable.dtype} of shape [${variable.shape.join(', ')}]`);
    }
    if (!sameShape(rule.gradient.shape, spec.shape))
      throw this.error(`${rule.variable}: expected a gradient of shape [${spec.shape.join(', ')}], received [${rule.gradient.shape.join(', ')}]`);
    if (rule.learningRate.rank !== 0) throw this.error(`${rule.variable}: expected a scalar as learning rate, received shape [${rule.learningRate.shape.join(', ')}]`);
    this.claim(variables);
    const op = updateOp(this.trace, rule, {
      handle: (name) => this.variables.get(name).handle,
      gradient: this.#backends.outputOf(rule.gradient),
      learningRate: this.#backends.outputOf(rule.learningRate),
    });
    this.#writes.push({ variables, add: (after) => this.trace.add({ ...op, after }) });
  }

  fuse(inputs: readonly Tensor[], body: (inputs: readonly Tensor[]) => Tensor[], after: readonly Tensor[] = []): Tensor[] {
    const backends = this.#backends;
    const given = inputs.map((tensor) => backends.outputOf(tensor));
    if (!this.trace.compilesParts) {
      if (!inputs.some(({ size }) => size >= LARGE)) return body(inputs);
      const before = [...given, ...after.map((tensor) => backends.outputOf(tensor)), ...this.#large];
      const outputs = this.trace.inTurn(before, () => body(inputs));
      this.#large = outputs.map((tensor) => backends.outputOf(tensor));
      return outputs;
    }
    const outputs = addXlaCall(this.trace, 'fused', (fn) =>
      backends.traceInside(fn.trace, () => body(given.map((node) => backends.tensorOf('a parameter', fn.pass(node)))).map((tensor) => backends.outputOf(tensor))),
    );
    return outputs.map((output) => backends.tensorOf('PartitionedCall', output));
  }

  /** Ops of XLA's functions cannot be waited for one by one. */
  get accumulate(): Accumulate | undefined {
    return this.trace.compilesParts ? undefined : (variable, factor, term) => this.#accumulate(variable, factor, term);
  }

  /**
   * A variable that is assigned to takes over the product's memory and gives up its own; the sum is then made where it lies.
   * Each op waits for the one before: `fuse` has them run in turn.
   */
  #accumulate(name: string, factor: number, term: () => Tensor): Tensor {
    if (this.#reads.has(name)) throw this.error(`${name}: is read besides; it may only be accumulated`);
    this.claim([name]);
    const { handle, spec } = this.variables.get(name);
    const backends = this.#backends;
    const read = (): Tensor => backends.tensorOf('ReadVariableOp', this.trace.execute('ReadVariableOp', [dtypeAttribute(spec.dtype)], [handle], 1)[0] as TfOutput);
    const set = (type: 'AssignVariableOp' | 'AssignAddVariableOp', value: Tensor): void => void this.trace.execute(type, [dtypeAttribute(spec.dtype)], [handle, backends.outputOf(value)], 0);
    set('AssignVariableOp', mul(read(), factor));
    set('AssignAddVariableOp', term());
    return read();
  }

  /**
   * Adds the writes, each after every read of its variables, and answers the operations that a run must run.
   *
   * After what was computed from the reads, too: an update of a variable whose value is still in use would first copy it
   * (six 2048×2048 weights, batch 16, two cores: 95 ms a step with the copies, 62 to 86 without, and 35 MB less).
   */
  finish(): Pointer[] {
    return this.#writes.map((write) => {
      const reads = write.variables.flatMap((name) => this.#reads.get(name) ?? []);
      const after = reads.flatMap((output) => [output.oper, ...this.trace.graph.consumersOf(output)]);
      return write.add([...new Set(after)]).pointer;
    });
  }

  protected override tensorOfFeed({ output }: Feed): Tensor {
    return this.#backends.tensorOf('Placeholder', output);
  }

  protected override tensorOfRead(name: string, output: TfOutput): Tensor {
    this.#reads.set(name, output);
    return this.#backends.tensorOf('ReadVariableOp', output);
  }

  protected override recordAssign({ spec, handle }: Variable, value: Tensor): void {
    const output = this.#backends.outputOf(value);
    this.#writes.push({
      variables: [spec.name],
      add: (after) => this.trace.add({ type: 'AssignVariableOp', attributes: [dtypeAttribute(spec.dtype)], inputs: [handle, output], after }),
    });
  }
}
