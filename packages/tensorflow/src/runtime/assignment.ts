import { sizeOf } from '@trainyard/ndarray';
import { LARGE_VARIABLE, type VariableSpec } from '@trainyard/engine';

import type { OperationSpec } from '../graph/graph.js';
import type { Trace } from '../graph/trace.js';
import type { Pointer, TfOutput } from '../library/native.js';
import { dtypeAttribute } from './recording-scope.js';

/** Whether a variable may be updated in pieces, where it lies: its memory must be nobody else's. */
export function changesInPlace({ shape }: VariableSpec): boolean {
  return sizeOf(shape) >= LARGE_VARIABLE;
}

/** The op that sets a variable. */
export function assignment(spec: VariableSpec, handle: TfOutput, value: TfOutput, after: readonly Pointer[]): Omit<OperationSpec, 'name'> {
  return { type: 'AssignVariableOp', attributes: [dtypeAttribute(spec.dtype)], inputs: [handle, value], after };
}

/**
 * A copy of a value that a large variable is to be set to. An assigned variable shares the value's memory, maybe with another one
 * (the zeros that two slots begin with are one tensor), until TensorFlow's own updates copy it; what is updated in pieces is written to
 * where it lies.
 */
export function ownMemory(trace: Trace, spec: VariableSpec, value: TfOutput): TfOutput {
  if (!changesInPlace(spec)) return value;
  const [copy] = trace.execute('DeepCopy', [], [value], 1);
  return copy as TfOutput;
}
