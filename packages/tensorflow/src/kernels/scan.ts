import type { ScanAttributes } from '@trainyard/engine';
import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

import { TfAttrType } from '../eager/binding-constants.js';
import type { NodeJSKernelBackend } from '../eager/node-backend.js';
import { nodeOfTensor, tensorOfNode, tracingBindingOf } from '../graph/backend-internals.js';
import { FunctionBuilder } from '../graph/function-builder.js';
import { only } from '../graph/graph.js';
import { inScope } from '../graph/in-scope.js';
import { type ElementType, getElement, listFromTensor, reserveList, setElement, stackList } from '../graph/tensor-list.js';
import type { Trace } from '../graph/trace.js';
import type { TfOutput } from '../library/native.js';
import { addXlaCall } from '../graph/xla-function.js';
import { TfDType } from '../tensors/dtypes.js';
import type { Kernel } from './kernel.js';

/** The loop's variables, in their order among the parameters of its functions. */
interface LoopVariables {
  readonly time: TfOutput;
  readonly states: readonly TfOutput[];
  /** Lists that are read. */
  readonly sequences: readonly TfOutput[];
  readonly constants: readonly TfOutput[];
}

/** A step, recorded as a function. */
interface RecordedStep {
  readonly body: string;
  /** What each sequence that the step answers consists of. */
  readonly elements: readonly ElementType[];
}

/** Records one `While`. */
class ScanBuilder {
  readonly #backend: NodeJSKernelBackend;
  readonly #attributes: ScanAttributes;
  readonly #trace: Trace;
  readonly #length: number;
  readonly #nodes: readonly TfOutput[];
  /** What each sequence that the step reads consists of. */
  readonly #elements: readonly ElementType[];

  /** @param nodes of `trace`: the scan's inputs. */
  constructor(backend: NodeJSKernelBackend, attributes: ScanAttributes, trace: Trace, nodes: readonly TfOutput[]) {
    this.#backend = backend;
    this.#attributes = attributes;
    this.#trace = trace;
    this.#nodes = nodes;
    const sequences = nodes.slice(0, attributes.sequences).map((node) => trace.describe('a scan', node));
    this.#length = sequences[0]?.shape[0] ?? 0;
    this.#elements = sequences.map(({ shape, dtype }) => ({ dtype, shape: shape.slice(1) }));
  }

  /** @returns the last states and the stacked answers. */
  run(): TfOutput[] {
    const { sequences: sequenceCount, states: stateCount, reverse } = this.#attributes;
    const nodes = this.#nodes;
    const start: LoopVariables = {
      time: this.#trace.integer(reverse ? this.#length - 1 : 0),
      sequences: nodes.slice(0, sequenceCount).map((node, i) => this.#listOf(node, i)),
      states: nodes.slice(sequenceCount, sequenceCount + stateCount),
      constants: nodes.slice(sequenceCount + stateCount),
    };
    const { body, elements } = this.#recordStep(start);
    const reserved = elements.map((element) => reserveList(this.#trace, element, this.#length));
    const { outputs } = this.#trace.add({
      type: 'While',
      inputs: [[start.time, ...start.states, ...start.sequences, ...start.constants, ...reserved]],
      functions: { cond: this.#recordCondition(start, elements.length), body },
      attributes: [
        // Without it the loop runs in an executor of its own, function call by function call. XLA takes the loop as it is.
        { name: '_lower_using_switch_merge', type: TfAttrType.BOOL, value: !this.#trace.xla },
        { name: 'parallel_iterations', type: TfAttrType.INT, value: 1 },
      ],
    });
    const stacked = elements.map((element, i) => {
      const list = outputs[outputs.length - elements.length + i] as TfOutput;
      const tensor = stackList(this.#trace, element, list, this.#length);
      this.#trace.lists.set(tensor, list);
      return tensor;
    });
    return [...outputs.slice(1, 1 + stateCount), ...stacked];
  }

  /** The list that a stacked sequence came from, or one made of the tensor. */
  #listOf(node: TfOutput, sequence: number): TfOutput {
    return this.#trace.lists.get(node) ?? listFromTensor(this.#trace, this.#elements[sequence] as ElementType, node);
  }

  #parameters(fn: FunctionBuilder, start: LoopVariables): LoopVariables {
    const time = fn.parameter(TfDType.INT32, []);
    const states = fn.parametersLike(start.states);
    const sequences = start.sequences.map(() => fn.parameter(TfDType.VARIANT, []));
    return { time, states, sequences, constants: fn.parametersLike(start.constants) };
  }

  #recordStep(start: LoopVariables): RecordedStep {
    const fn = new FunctionBuilder(this.#trace);
    try {
      const { trace } = fn;
      const variables = this.#parameters(fn, start);
      const answers = this.#answers(trace, variables);
      const elements = answers.sequences.map((output): ElementType => trace.describe('a step of a scan', output));
      const lists = elements.map(() => fn.parameter(TfDType.VARIANT, []));
      const written = lists.map((list, i) => setElement(trace, elements[i] as ElementType, list, variables.time, answers.sequences[i] as TfOutput));
      const next = only(trace.add({ type: 'AddV2', inputs: [variables.time, trace.integer(this.#attributes.reverse ? -1 : 1)] }));
      return { body: fn.finish('scan_step', [next, ...answers.states, ...variables.sequences, ...variables.constants, ...written]), elements };
    } finally {
      fn.dispose();
    }
  }

  /** What the engine's step computes of the parameters of the loop's body. */
  #answers(trace: Trace, { time, states, sequences, constants }: LoopVariables): { states: TfOutput[]; sequences: TfOutput[] } {
    const tensors = (outputs: readonly TfOutput[]): Tensor[] => outputs.map((output) => tensorOfNode(this.#backend, 'a parameter of a scan', output));
    const current = sequences.map((list, i) => getElement(trace, this.#elements[i] as ElementType, list, time));
    return tracingBindingOf(this.#backend).recordInside(trace, () =>
      inScope(() => {
        const given = { sequences: tensors(current), states: tensors(states), constants: tensors(constants) };
        const answers = this.#attributes.step(given);
        given.states.forEach((state, i) => requireSameType(i, state, answers.states[i]));
        return {
          states: answers.states.map((tensor) => nodeOfTensor(this.#backend, tensor)),
          sequences: answers.sequences.map((tensor) => nodeOfTensor(this.#backend, tensor)),
        };
      }),
    );
  }

  #recordCondition(start: LoopVariables, written: number): string {
    const fn = new FunctionBuilder(this.#trace);
    try {
      const { time } = this.#parameters(fn, start);
      for (let i = 0; i < written; i++) fn.parameter(TfDType.VARIANT, []);
      const { trace } = fn;
      const [type, limit] = this.#attributes.reverse ? ['GreaterEqual', 0] : ['Less', this.#length];
      return fn.finish('scan_condition', [only(trace.add({ type, inputs: [time, trace.integer(limit)] }))]);
    } finally {
      fn.dispose();
    }
  }
}

/** TensorFlow would say so too, but not in the words of whoever wrote the step. */
function requireSameType(state: number, before: Tensor, after: Tensor | undefined): void {
  const describe = ({ dtype, shape }: Tensor): string => `${dtype} of shape [${shape.join(', ')}]`;
  if (after?.dtype !== before.dtype || after.shape.join() !== before.shape.join())
    throw new Error(`state ${state} of a scan: expected a step to answer ${describe(before)}, received ${after ? describe(after) : 'nothing'}`);
}

/**
 * The engine's scan: one `While`, however many steps. What the step answers is kept in lists of tensors, and stacked after
 * the loop where somebody asks for the whole; a scan over such a sequence takes the list itself. Where the step's parts are
 * compiled, the loop is a function for XLA, which takes and answers whole sequences.
 */
export const scan: Kernel<TensorInfo[], ScanAttributes> = {
  kernelName: 'Scan',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { trace } = tracingBindingOf(backend);
    const nodes = inputs.map((input) => nodeOfTensor(backend, input));
    const record = (into: Trace, from: readonly TfOutput[]): TfOutput[] => new ScanBuilder(backend, attrs, into, from).run();
    const outputs = trace.compilesParts ? addXlaCall(trace, 'scan', (fn) => record(fn.trace, nodes.map((node) => fn.pass(node)))) : record(trace, nodes);
    return outputs.map((output) => tensorOfNode(backend, 'Scan', output));
  },
};
