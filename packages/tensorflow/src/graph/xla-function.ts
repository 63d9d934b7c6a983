import { TfAttrType } from '../eager/binding-constants.js';
import type { TfOutput } from '../library/native.js';
import { FunctionBuilder } from './function-builder.js';
import { MUST_COMPILE } from './graph.js';
import type { Caller, Trace } from './trace.js';

/** A function that XLA is to compile, while its body is recorded. */
export interface XlaFunction extends Caller {
  /** Records the body. */
  readonly trace: Trace;
}

/**
 * Adds one node to `caller`: the call of a function that XLA compiles at the first run.
 * @param role begins the function's name.
 * @param record records the body, which gets what it needs by `pass`; answers its results.
 * @returns the results, as nodes of `caller`.
 */
export function addXlaCall(caller: Trace, role: string, record: (fn: XlaFunction) => readonly TfOutput[]): TfOutput[] {
  const callArguments: TfOutput[] = [];
  const pass = (node: TfOutput): TfOutput => {
    callArguments.push(node);
    const [parameter] = fn.parametersLike([node]) as [TfOutput];
    fn.trace.parameterIs(parameter, node);
    return parameter;
  };
  const fn = new FunctionBuilder(caller, { xla: true, caller: { trace: caller, pass } });
  try {
    const results = record({ trace: fn.trace, pass });
    const types = results.map((result) => fn.trace.describe(role, result));
    const { outputs } = caller.add({
      type: 'PartitionedCall',
      inputs: [callArguments],
      functions: { f: fn.finish(role, results) },
      attributes: [
        { name: 'Tout', type: TfAttrType.TYPE, value: types.map(({ dtype }) => dtype) },
        { name: MUST_COMPILE, type: TfAttrType.BOOL, value: true },
      ],
    });
    // Shape inference does not look into functions.
    outputs.forEach((output, i) => caller.graph.setShape(output, types[i]?.shape ?? []));
    return [...outputs];
  } finally {
    fn.dispose();
  }
}
