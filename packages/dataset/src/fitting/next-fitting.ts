import type { ColumnRequest } from '../formats/table.js';
import { arraysOf, type Plan } from '../binding/plan.js';
import type { BoundArray, Step } from '../binding/steps.js';
import type { NamedTransform } from '../transforms/registry.js';
import { isFitted } from '../transforms/transform.js';

/** A part of a plan: up to the first transform of each column that has to be fitted, and without what these do not need. */
export interface Fitting {
  readonly steps: readonly Step[];
  /** Those that are fitted as a whole: their last transform is the one. */
  readonly arrays: readonly BoundArray[];
  readonly requests: readonly ColumnRequest[];
  readonly targets: readonly NamedTransform[];
}

/** What one pass over the rows can fit; `undefined` when everything is fitted. */
export function nextFitting(plan: Plan): Fitting | undefined {
  const { steps, waiting } = reachable(plan.steps);
  const arrays = waiting === 'rows' ? [] : arraysOf(plan).flatMap((bound) => upToUnfitted(bound, waiting));
  const columnTargets = steps.filter(isTarget);
  const targets = [...columnTargets, ...arrays.flatMap(({ transforms }) => transforms.slice(-1))];
  if (targets.length === 0) return undefined;
  const last = arrays.length > 0 ? steps.length : steps.findLastIndex(isTarget) + 1;
  const relevant = steps.slice(0, last);
  const needed = new Set([...columnTargets.map(({ column }) => column), ...arrays.flatMap(({ columns }) => columns), ...relevant.flatMap((step) => ('filter' in step ? (step.column ?? []) : []))]);
  return {
    steps: relevant.filter((step) => step.column === undefined || needed.has(step.column)),
    arrays,
    requests: plan.requests.filter(({ name }) => needed.has(name)),
    targets,
  };
}

/** The steps that can be made, each unfitted one as the last of its column; and what has to wait for them. */
function reachable(all: readonly Step[]): { readonly steps: Step[]; readonly waiting: ReadonlySet<string> | 'rows' } {
  const steps: Step[] = [];
  const waiting = new Set<string>();
  for (const step of all) {
    const waits = step.column !== undefined && waiting.has(step.column);
    // Which rows are left is not known: all that follows waits.
    if (waits && 'filter' in step) return { steps, waiting: 'rows' };
    if (waits) continue;
    steps.push(step);
    if (isTarget(step)) waiting.add(step.column);
  }
  return { steps, waiting };
}

function isTarget(step: Step): step is NamedTransform {
  return 'transform' in step && !isFitted(step.transform);
}

function upToUnfitted(bound: BoundArray, waiting: ReadonlySet<string>): BoundArray[] {
  const first = bound.transforms.findIndex(isTarget);
  if (first === -1 || bound.columns.some((column) => waiting.has(column))) return [];
  return [{ ...bound, transforms: bound.transforms.slice(0, first + 1) }];
}
