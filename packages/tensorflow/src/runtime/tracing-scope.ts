import type { FeedSpec, StepDefinition, StepScope, UpdateRule } from '@trainyard/engine';
import type { Tensor } from '@tensorflow/tfjs-core';

import { TfAttrType } from '../eager/binding-constants.js';
import { only, type Operation } from '../graph/graph.js';
import type { TfjsBackends } from '../graph/tfjs-backends.js';
import type { Trace } from '../graph/trace.js';
import type { Pointer, TfOutput } from '../library/native.js';
import type { Feed } from '../session/run-plan.js';
import { tfDTypeOf } from '../tensors/dtypes.js';
import { sameShape } from './check-array.js';
import { updateOp, variablesOf } from './update-rules.js';
import type { Variables } from './variables.js';

/** A change of variables that waits for the end of the trace, when every read of them is known. */
interface PendingWrite {
  readonly variables: readonly string[];
  add(after: readonly Pointer[]): Operation;
}

/** What a step's `build` is given: its feeds and variables as tensors of the trace. */
export class TracingScope implements StepScope {
  readonly feeds: readonly Feed[];
  readonly #step: StepDefinition;
  readonly #trace: Trace;
  readonly #backends: TfjsBackends;
  readonly #variables: Variables;
  readonly #tensors = new Map<string, Tensor>();
  readonly #reads = new Map<string, { readonly output: TfOutput; readonly tensor: Tensor }>();
  readonly #writes: PendingWrite[] = [];
  readonly #written = new Set<string>();

  constructor(step: StepDefinition, trace: Trace, backends: TfjsBackends, variables: Variables) {
    this.#step = step;
    this.#trace = trace;
    this.#backends = backends;
    this.#variables = variables;
    const twice = step.feeds.find(({ name }, index) => step.feeds.findIndex((other) => other.name === name) < index);
    if (twice) throw this.#error(`${twice.name}: two feeds have this name`);
    this.feeds = step.feeds.map((feed) => ({ ...feed, output: this.#placeholder(feed) }));
  }

  feed(name: string): Tensor {
    const known = this.#tensors.get(name);
    if (known) return known;
    const feed = this.feeds.find((candidate) => candidate.name === name);
    if (!feed) throw this.#error(`${name}: the step has no such feed; it has ${this.feeds.map((candidate) => candidate.name).join(', ') || 'none'}`);
    const tensor = this.#backends.tensorOf('Placeholder', feed.output);
    this.#tensors.set(name, tensor);
    return tensor;
  }

  read(name: string): Tensor {
    const known = this.#reads.get(name);
    if (known) return known.tensor;
    const { spec, handle } = this.#variables.get(name);
    const dtype = { name: 'dtype', type: TfAttrType.TYPE, value: tfDTypeOf[spec.dtype] };
    const output = only(this.#trace.add({ type: 'ReadVariableOp', attributes: [dtype], inputs: [handle] }));
    const tensor = this.#backends.tensorOf('ReadVariableOp', output);
    this.#reads.set(name, { output, tensor });
    return tensor;
  }

  assign(name: string, value: Tensor): void {
    const { spec, handle } = this.#variables.get(name);
    if (value.dtype !== spec.dtype || !sameShape(value.shape, spec.shape))
      throw this.#error(`${name}: expected ${spec.dtype} of shape [${spec.shape.join(', ')}] to assign, received ${value.dtype} of shape [${value.shape.join(', ')}]`);
    this.#claim([name]);
    const output = this.#backends.outputOf(value);
    const dtype = { name: 'dtype', type: TfAttrType.TYPE, value: tfDTypeOf[spec.dtype] };
    this.#writes.push({
      variables: [name],
      add: (after) => this.#trace.add({ type: 'AssignVariableOp', attributes: [dtype], inputs: [handle, output], after }),
    });
  }

  update(rule: UpdateRule): void {
    const variables = variablesOf(rule);
    const { spec } = this.#variables.get(rule.variable);
    for (const name of variables) {
      const variable = this.#variables.get(name).spec;
      if (variable.dtype !== 'float32' || !sameShape(variable.shape, spec.shape))
        throw this.#error(`${name}: expected a float32 variable of shape [${spec.shape.join(', ')}] to update, it is ${variable.dtype} of shape [${variable.shape.join(', ')}]`);
    }
    if (!sameShape(rule.gradient.shape, spec.shape))
      throw this.#error(`${rule.variable}: expected a gradient of shape [${spec.shape.join(', ')}], received [${rule.gradient.shape.join(', ')}]`);
    if (rule.learningRate.rank !== 0) throw this.#error(`${rule.variable}: expected a scalar as learning rate, received shape [${rule.learningRate.shape.join(', ')}]`);
    this.#claim(variables);
    const op = updateOp(this.#trace, rule, {
      handle: (name) => this.#variables.get(name).handle,
      gradient: this.#backends.outputOf(rule.gradient),
      learningRate: this.#backends.outputOf(rule.learningRate),
    });
    this.#writes.push({ variables, add: (after) => this.#trace.add({ ...op, after }) });
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
      const after = reads.flatMap(({ output }) => [output.oper, ...this.#trace.graph.consumersOf(output)]);
      return write.add([...new Set(after)]).pointer;
    });
  }

  #placeholder({ dtype, shape }: FeedSpec): TfOutput {
    return only(
      this.#trace.add({
        type: 'Placeholder',
        attributes: [
          { name: 'dtype', type: TfAttrType.TYPE, value: tfDTypeOf[dtype] },
          { name: 'shape', type: TfAttrType.SHAPE, value: [...shape] },
        ],
      }),
    );
  }

  #claim(variables: readonly string[]): void {
    for (const name of variables) {
      if (this.#written.has(name)) throw this.#error(`${name}: is assigned or updated twice; a step may do so once`);
      this.#written.add(name);
    }
  }

  #error(message: string): RangeError {
    return new RangeError(`step ${this.#step.name}: ${message}`);
  }
}
