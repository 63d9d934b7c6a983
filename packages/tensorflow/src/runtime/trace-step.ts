import type { StepDefinition } from '@trainyard/engine';
import type { Tensor } from '@tensorflow/tfjs-core';

import { only } from '../graph/graph.js';
import type { TfjsBackends } from '../graph/tfjs-backends.js';
import type { Trace } from '../graph/trace.js';
import type { Pointer } from '../library/native.js';
import type { Feed, Fetch, FetchDType } from '../session/run-plan.js';
import { TracingScope } from './tracing-scope.js';
import type { Variables } from './variables.js';

const fetchDTypes: readonly string[] = ['float32', 'int32', 'bool'] satisfies FetchDType[];

/** A step as a part of the graph. */
export interface TracedStep {
  readonly feeds: readonly Feed[];
  readonly fetches: readonly Fetch[];
  readonly targets: readonly Pointer[];
}

/**
 * Records a step's `build` into the graph.
 * @throws Error with the step's name: what `build` threw, or TensorFlow's message about an op.
 */
export function traceStep(step: StepDefinition, trace: Trace, backends: TfjsBackends, variables: Variables): TracedStep {
  return backends.trace(trace, () => {
    const scope = new TracingScope(step, trace, backends, variables);
    const answers = step.build(scope);
    const fetches = answers.map((tensor, index) => fetchOf(step, tensor, index, trace, backends));
    const targets = scope.finish();
    // TensorFlow refuses a run that neither answers nor does anything.
    if (fetches.length + targets.length === 0) targets.push(trace.add({ type: 'NoOp' }).pointer);
    return { feeds: scope.feeds, fetches, targets };
  });
}

function fetchOf(step: StepDefinition, tensor: Tensor, index: number, trace: Trace, backends: TfjsBackends): Fetch {
  if (!fetchDTypes.includes(tensor.dtype))
    throw new TypeError(`step ${step.name}: expected the tensor ${index} that it answers to be ${fetchDTypes.join(', ')}, received ${tensor.dtype}`);
  // An identity: TensorFlow refuses to fetch what is fed, and a step may answer a feed as it is.
  const identity = only(trace.add({ type: 'Identity', inputs: [backends.outputOf(tensor)] }));
  return { output: identity, dtype: tensor.dtype as FetchDType, shape: [...tensor.shape] };
}
