import type { StepMetrics } from '@trainyard/protocol';

/** The last step that is known; undefined when none is. */
export const lastStep = ({ step }: StepMetrics): number | undefined => step.at(-1);

/** Steps with those that came later. */
export function appendSteps(known: StepMetrics, later: StepMetrics): StepMetrics {
  if (later.step.length === 0) return known;
  const length = known.step.length;
  const names = new Set([...Object.keys(known.metrics), ...Object.keys(later.metrics)]);
  const column = (of: StepMetrics, name: string) => of.metrics[name] ?? of.step.map(() => null);
  return {
    step: [...known.step, ...later.step],
    epoch: [...known.epoch, ...later.epoch],
    metrics: Object.fromEntries([...names].map((name) => [name, [...(length === 0 ? [] : column(known, name)), ...column(later, name)]])),
  };
}
