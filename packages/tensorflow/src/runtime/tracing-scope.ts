import { LARGE_VARIABLE, type StepDefinition, type UpdateInPieces, type UpdateRule } from '@trainyard/engine';
import { reshape, slice, type Tensor } from '@tensorflow/tfjs-core';

import type { Operation } from '../graph/graph.js';
import type { TfjsBackends } from '../graph/tfjs-backends.js';
import type { Trace } from '../graph/trace.js';
import { addXlaCall } from '../graph/xla-function.js';
import type { Pointer, TfOutput } from '../library/native.js';
import type { Feed } from '../session/run-plan.js';
import { sameShape } from './check-array.js';
import { pieceCount } from './piece-count.js';
import { assignment, changesInPlace, ownMemory } from './assignment.js';
import { RecordingScope } from './recording-scope.js';
import { updateOp, variablesOf } from './update-rules.js';
import type { Variable, Variables } from './variables.js';

/**
 * Elements from which what lies between the inputs and outputs of a fused part counts in memory: of an RMSprop update on whole arrays
 * five are there at once, and were seven when each op ran as soon as it could.
 */
const LARGE = 2 ** 18;

/** A change of variables that waits for the end of the trace, when every read of them is known. */
interface PendingWrite {
  readonly variables: readonly string[];
  /** What it takes. */
  readonly inputs: readonly TfOutput[];
  add(after: readonly Pointer[]): Operation;
}

/** See `StepScope.updateInPieces`. */
interface InPieces {
  readonly variables: readonly string[];
  readonly given: Tensor;
  readonly body: Parameters<UpdateInPieces>[2];
}

/** The scope of a step whose ops are nodes of the session's graph. */
export class TracingScope extends RecordingScope {
  readonly #backends: TfjsBackends;
  readonly #reads = new Map<string, TfOutput>();
  readonly #writes: PendingWrite[] = [];
  readonly #inPieces: InPieces[] = [];
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
    this.#writes.push({ variables, inputs: op.inputs, add: (after) => this.trace.add({ ...op, after }) });
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

  /** XLA makes one pass of a formula by itself. */
  get updateInPieces(): UpdateInPieces | undefined {
    return this.trace.compilesParts ? undefined : (variables, given, body) => this.#recordInPieces({ variables, given, body });
  }

  #recordInPieces(update: InPieces): void {
    const { variables, given } = update;
    for (const name of variables) {
      const { spec } = this.variables.get(name);
      if (spec.dtype !== given.dtype || !sameShape(spec.shape, given.shape))
        throw this.error(`${name}: expected ${given.dtype} of shape [${given.shape.join(', ')}], as what it is updated with, it is ${spec.dtype} of shape [${spec.shape.join(', ')}]`);
      if (!changesInPlace(spec)) throw this.error(`${name}: expected at least ${LARGE_VARIABLE} elements to update in pieces, it has ${given.size}`);
      this.read(name);
    }
    this.claim(variables);
    this.variables.changeInPlace = true;
    this.#inPieces.push(update);
  }

  /**
   * Adds the writes, each after every read of its variables, and answers the operations that a run must run.
   *
   * After what was computed from the reads, too: an update of a variable whose value is still in use would first copy it
   * (six 2048×2048 weights, batch 16, two cores: 95 ms a step with the copies, 62 to 86 without, and 35 MB less).
   *
   * @param answers what a run answers besides
   */
  finish(answers: readonly Tensor[]): Pointer[] {
    const inPieces = this.#addInPieces(answers.map((tensor) => this.#backends.outputOf(tensor)));
    return [...inPieces, ...this.#writes].map((write) => {
      const reads = write.variables.flatMap((name) => this.#reads.get(name) ?? []);
      const after = reads.flatMap((output) => [output.oper, ...this.trace.graph.consumersOf(output)]);
      return write.add([...new Set(after)]).pointer;
    });
  }

  /**
   * Updates in pieces come last: they write over what they read, which all that a run computes besides must be done with. So
   * they wait for what it answers, for what other writes take, and for what each of them is given.
   */
  #addInPieces(answers: readonly TfOutput[]): PendingWrite[] {
    if (this.#inPieces.length === 0) return [];
    const kept = [...this.#reads].find(([, output]) => answers.some(({ oper }) => oper === output.oper));
    if (kept) throw this.error(`${kept[0]}: its value cannot be answered by a step that updates in pieces`);
    const given = this.#inPieces.map((update) => this.#backends.outputOf(update.given));
    const before = [...answers, ...this.#writes.flatMap(({ inputs }) => inputs), ...given];
    return this.trace.inTurn(before, () => this.#inPieces.flatMap((update) => this.#addPieces(update)));
  }

  /**
   * Pieces are slices of a variable's own memory, and `InplaceUpdate` writes each result there. The variable is assigned to all the
   * same: one that was read by TensorFlow's gathers answers copies.
   */
  #addPieces({ variables, given, body }: InPieces): PendingWrite[] {
    const backends = this.#backends;
    const count = pieceCount(given.size);
    const inRows = (tensor: Tensor): Tensor => reshape(tensor, [count, given.size / count]);
    const gradient = inRows(given);
    const rows = variables.map((name) => inRows(this.read(name)));
    let targets = rows;
    for (let piece = 0; piece < count; piece++) {
      const cut = (tensor: Tensor): Tensor => slice(tensor, [piece, 0], [1, -1]);
      const results = body(rows.map(cut), cut(gradient));
      targets = targets.map((target, i) => this.#setRow(target, piece, results[i] as Tensor));
    }
    return targets.map((target, i) => {
      const { spec, handle } = this.variables.get(variables[i] as string);
      const value = backends.outputOf(reshape(target, given.shape as number[]));
      return { variables: [], inputs: [value], add: (after) => this.trace.add(assignment(spec, handle, value, after)) };
    });
  }

  #setRow(rows: Tensor, row: number, value: Tensor): Tensor {
    const backends = this.#backends;
    const [output] = this.trace.execute('InplaceUpdate', [], [backends.outputOf(rows), this.trace.integers([row]), backends.outputOf(value)], 1);
    return backends.tensorOf('InplaceUpdate', output as TfOutput);
  }

  protected override tensorOfFeed({ output }: Feed): Tensor {
    return this.#backends.tensorOf('Placeholder', output);
  }

  protected override tensorOfRead(name: string, output: TfOutput): Tensor {
    this.#reads.set(name, output);
    return this.#backends.tensorOf('ReadVariableOp', output);
  }

  protected override recordAssign({ spec, handle }: Variable, value: Tensor): void {
    const output = ownMemory(this.trace, spec, this.#backends.outputOf(value));
    this.#writes.push({ variables: [spec.name], inputs: [output], add: (after) => this.trace.add(assignment(spec, handle, output, after)) });
  }
}
