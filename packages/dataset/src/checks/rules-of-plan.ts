import { arraysOf, type Plan } from '../binding/plan.js';
import type { BoundArray } from '../binding/steps.js';
import type { ValueRule } from './value-rule.js';

/** The rules of a model's inputs and outputs, in its order. */
export interface ValueRules {
  readonly x: readonly (readonly ValueRule[])[];
  readonly y: readonly (readonly ValueRule[])[];
}

/** A plan whose rows are checked as they are made. */
export function withRules(plan: Plan, rules: ValueRules | undefined): Plan {
  if (!rules) return plan;
  const ruled = (side: 'x' | 'y') => plan[side].map((bound, i): BoundArray => ({ ...bound, rules: rules[side][i] ?? [] }));
  return { ...plan, x: ruled('x'), y: ruled('y') };
}

/** The part of a plan that has rules; `undefined` where none has. */
export function onlyRuled(plan: Plan): Plan | undefined {
  const ruled = (bounds: readonly BoundArray[]): readonly BoundArray[] => bounds.filter(({ rules = [] }) => rules.length > 0);
  const arrays = { x: ruled(plan.x), y: ruled(plan.y), sampleWeight: undefined };
  const needed = new Set(arraysOf(arrays).flatMap(({ columns }) => columns));
  if (needed.size === 0) return undefined;
  for (const step of plan.steps) if ('filter' in step && step.column !== undefined) needed.add(step.column);
  return {
    ...plan,
    ...arrays,
    steps: plan.steps.filter(({ column }) => column === undefined || needed.has(column)),
    requests: plan.requests.filter(({ name }) => needed.has(name)),
  };
}
