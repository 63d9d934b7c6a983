import type { UpdateRule } from '@trainyard/engine';

import { TfAttrType } from '../eager/binding-constants.js';
import type { OpAttribute } from '../eager/op-attributes.js';
import type { Trace } from '../graph/trace.js';
import type { TfOutput } from '../library/native.js';
import { TfDType } from '../tensors/dtypes.js';

/** The op that applies an update rule. */
export interface UpdateOp {
  readonly type: string;
  readonly attributes: readonly OpAttribute[];
  readonly inputs: readonly TfOutput[];
}

/** What an update rule refers to, as nodes. */
export interface UpdateNodes {
  readonly handle: (variable: string) => TfOutput;
  readonly gradient: TfOutput;
  readonly learningRate: TfOutput;
}

const FLOAT: OpAttribute = { name: 'T', type: TfAttrType.TYPE, value: TfDType.FLOAT };

/** The variables that a rule changes: the weight first, then its slots. */
export function variablesOf(rule: UpdateRule): string[] {
  switch (rule.kind) {
    case 'gradient_descent':
      return [rule.variable];
    case 'momentum':
      return [rule.variable, rule.momentumSlot];
    default:
      return rule satisfies never;
  }
}

/** TensorFlow's fused kernel for a rule (training_ops.cc). */
export function updateOp(trace: Trace, rule: UpdateRule, { handle, gradient, learningRate }: UpdateNodes): UpdateOp {
  switch (rule.kind) {
    case 'gradient_descent':
      return { type: 'ResourceApplyGradientDescent', attributes: [FLOAT], inputs: [handle(rule.variable), learningRate, gradient] };
    case 'momentum':
      return {
        type: 'ResourceApplyKerasMomentum',
        attributes: [FLOAT, { name: 'use_nesterov', type: TfAttrType.BOOL, value: rule.nesterov }],
        inputs: [handle(rule.variable), handle(rule.momentumSlot), learningRate, gradient, trace.scalar(rule.momentum)],
      };
    default:
      return rule satisfies never;
  }
}
