import type { StepDefinition, StepScope, UpdateInPieces, UpdateRule } from '@trainyard/engine';
import type { Tensor } from '@tensorflow/tfjs-core';

import { TfAttrType } from '../eager/binding-constants.js';
import type { OpAttribute } from '../eager/op-attributes.js';
import { only } from '../graph/graph.js';
import type { Trace } from '../graph/trace.js';
import type { TfOutput } from '../library/native.js';
import type { Feed } from '../session/run-plan.js';
import { tfDTypeOf } from '../tensors/dtypes.js';
import { sameShape } from './check-array.js';
import type { Variable, Variables } from './variables.js';

/** What a step's `build` is given while it is recorded: its feeds and variables as tensors, checked by name, type and shape. */
export abstract class RecordingScope implements StepScope {
  /** One placeholder for each feed. */
  readonly feeds: readonly Feed[];
  readonly #tensors = new Map<string, Tensor>();
  readonly #reads = new Map<string, Tensor>();
  readonly #written = new Set<string>();

  constructor(
    protected readonly step: StepDefinition,
    protected readonly trace: Trace,
    protected readonly variables: Variables,
  ) {
    const twice = step.feeds.find(({ name }, index) => step.feeds.findIndex((other) => other.name === name) < index);
    if (twice) throw this.error(`${twice.name}: two feeds have this name`);
    this.feeds = step.feeds.map((feed) => ({ ...feed, output: placeholder(trace, feed) }));
  }

  feed(name: string): Tensor {
    return remembered(this.#tensors, name, () => {
      const feed = this.feeds.find((candidate) => candidate.name === name);
      if (!feed) throw this.error(`${name}: the step has no such feed; it has ${this.feeds.map((candidate) => candidate.name).join(', ') || 'none'}`);
      return this.tensorOfFeed(feed);
    });
  }

  read(name: string): Tensor {
    return remembered(this.#reads, name, () => {
      const { spec, handle } = this.variables.get(name);
      const attributes = [dtypeAttribute(spec.dtype)];
      return this.tensorOfRead(name, only(this.trace.add({ type: 'ReadVariableOp', attributes, inputs: [handle] })));
    });
  }

  assign(name: string, value: Tensor): void {
    const variable = this.variables.get(name);
    const { dtype, shape } = variable.spec;
    if (value.dtype !== dtype || !sameShape(value.shape, shape))
      throw this.error(`${name}: expected ${dtype} of shape [${shape.join(', ')}] to assign, received ${value.dtype} of shape [${value.shape.join(', ')}]`);
    this.claim([name]);
    this.recordAssign(variable, value);
  }

  abstract update(rule: UpdateRule): void;

  abstract readonly updateInPieces: UpdateInPieces | undefined;

  abstract fuse(inputs: readonly Tensor[], body: (inputs: readonly Tensor[]) => Tensor[], after?: readonly Tensor[]): Tensor[];

  protected abstract tensorOfFeed(feed: Feed): Tensor;

  /** @param output the variable's value in the graph of the session. */
  protected abstract tensorOfRead(name: string, output: TfOutput): Tensor;

  protected abstract recordAssign(variable: Variable, value: Tensor): void;

  /** @throws RangeError when a variable has been set before. */
  protected claim(variables: readonly string[]): void {
    for (const name of variables) {
      if (this.#written.has(name)) throw this.error(`${name}: is assigned or updated twice; a step may do so once`);
      this.#written.add(name);
    }
  }

  protected error(message: string): RangeError {
    return new RangeError(`step ${this.step.name}: ${message}`);
  }
}

/** The attribute `dtype` of an op of ours. */
export function dtypeAttribute(dtype: Feed['dtype']): OpAttribute {
  return { name: 'dtype', type: TfAttrType.TYPE, value: tfDTypeOf[dtype] };
}

function placeholder(trace: Trace, { dtype, shape }: Omit<Feed, 'output'>): TfOutput {
  return only(trace.add({ type: 'Placeholder', attributes: [dtypeAttribute(dtype), { name: 'shape', type: TfAttrType.SHAPE, value: [...shape] }] }));
}

function remembered(known: Map<string, Tensor>, name: string, create: () => Tensor): Tensor {
  const tensor = known.get(name) ?? create();
  known.set(name, tensor);
  return tensor;
}
