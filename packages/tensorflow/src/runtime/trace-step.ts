import type { StepDefinition } from '@trainyard/engine';
import type { Tensor } from '@tensorflow/tfjs-core';

import { only } from '../graph/graph.js';
import type { TfjsBackends } from '../graph/tfjs-backends.js';
import type { Trace } from '../graph/trace.js';
import { addXlaCall } from '../graph/xla-function.js';
import type { Pointer, TfOutput } from '../library/native.js';
import type { Feed, Fetch, FetchDType } from '../session/run-plan.js';
import { assignment, ownMemory } from './assignment.js';
import { FunctionScope } from './function-scope.js';
import { TracingScope } from './tracing-scope.js';
import type { Variables } from './variables.js';

const fetchDTypes: readonly string[] = ['float32', 'int32', 'bool'] satisfies FetchDType[];

/** A step as a part of the graph. */
export interface TracedStep {
  readonly feeds: readonly Feed[];
  readonly fetches: readonly Fetch[];
  readonly targets: readonly Pointer[];
  /** Further feeds, the same in every run. */
  readonly constants: Trace['fedConstants'];
}

/**
 * Records a step's `build` into the graph.
 * @throws Error with the step's name: what `build` threw, or TensorFlow's message about an op.
 */
export function traceStep(step: StepDefinition, trace: Trace, backends: TfjsBackends, variables: Variables): TracedStep {
  return backends.trace(trace, () => {
    const traced = step.xla === 'step' ? traceFunction(step, trace, backends, variables) : traceNodes(step, trace, backends, variables);
    // TensorFlow refuses a run that neither answers nor does anything.
    if (traced.fetches.length + traced.targets.length === 0) traced.targets.push(trace.add({ type: 'NoOp' }).pointer);
    return traced;
  });
}

/** A step while it is being recorded. */
type Recorded = TracedStep & { readonly targets: Pointer[] };

/** Each op a node of the session's graph. */
function traceNodes(step: StepDefinition, trace: Trace, backends: TfjsBackends, variables: Variables): Recorded {
  const scope = new TracingScope(step, trace, backends, variables);
  // What runs once makes first values: one after the other, so that only one of them is there twice, before it is a variable's own.
  const answers = step.once ? trace.inTurn([], () => step.build(scope)) : step.build(scope);
  // An identity: TensorFlow refuses to fetch what is fed, and a step may answer a feed as it is.
  const identity = (tensor: Tensor): TfOutput => only(trace.add({ type: 'Identity', inputs: [backends.outputOf(tensor)] }));
  const fetches = answers.map((tensor, index) => fetchOf(step, tensor, index, identity(tensor)));
  return { feeds: scope.feeds, fetches, targets: scope.finish(answers), constants: trace.fedConstants };
}

/** One node that calls a function, which XLA compiles as a whole; variables are read before it and set after it. */
function traceFunction(step: StepDefinition, trace: Trace, backends: TfjsBackends, variables: Variables): Recorded {
  let scope: FunctionScope | undefined;
  let answers: Tensor[] = [];
  const outputs = addXlaCall(trace, 'step', (fn) => {
    const inside = (scope = new FunctionScope(step, trace, fn, backends, variables));
    const fetched = backends.traceInside(fn.trace, () => {
      answers = step.build(inside);
      return answers.map((tensor) => backends.outputOf(tensor));
    });
    return [...fetched, ...inside.assigned.map(({ value }) => value)];
  });
  const { feeds = [], assigned = [] } = scope ?? {};
  const fetches = answers.map((tensor, index) => fetchOf(step, tensor, index, outputs[index] as TfOutput));
  const targets = assigned.map(({ variable: { spec, handle } }, index) => {
    const value = ownMemory(trace, spec, outputs[answers.length + index] as TfOutput);
    return trace.add(assignment(spec, handle, value, [])).pointer;
  });
  return { feeds, fetches, targets, constants: trace.fedConstants };
}

function fetchOf(step: StepDefinition, { dtype, shape }: Tensor, index: number, output: TfOutput): Fetch {
  if (!fetchDTypes.includes(dtype))
    throw new TypeError(`step ${step.name}: expected the tensor ${index} that it answers to be ${fetchDTypes.join(', ')}, received ${dtype}`);
  return { output, dtype: dtype as FetchDType, shape: [...shape] };
}
