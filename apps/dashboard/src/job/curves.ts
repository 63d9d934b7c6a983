import { decodeMetric, type HistoryResource, type MetricValue, type StepMetrics } from '@trainyard/protocol';
import type { Curve, CurveGroup } from '../charts/chart.js';
import { smooth, type Values } from '../charts/smooth.js';

/** What is drawn of one job. */
export interface JobCurves {
  readonly history: HistoryResource;
  readonly steps: StepMetrics;
  /** Batches of an epoch; null where it is not known. */
  readonly stepsPerEpoch: number | null;
  /** The last batch trained. */
  readonly lastStep: number;
}

export interface CurveLook {
  readonly axis: 'step' | 'epoch';
  readonly smoothing: number;
  /** Of training; validation has another where the job is alone. */
  readonly colour: string;
  readonly validationColour: string;
  /** Before each label, where there are several jobs. */
  readonly prefix?: string;
  readonly validationDashed?: boolean;
}

/** Names of metrics without `val_`, the loss first. */
export function metricNames({ history, steps }: Pick<JobCurves, 'history' | 'steps'>): string[] {
  const names = [...Object.keys(steps.metrics), ...Object.keys(history.history)].map((name) => name.replace(/^val_/, ''));
  return [...new Set(names)].sort((a, b) => Number(b === 'loss') - Number(a === 'loss'));
}

/** What is no number is a gap. */
export const toValues = (values: readonly (MetricValue | null)[]): Values =>
  values.map((value) => {
    const number = value === null ? NaN : decodeMetric(value);
    return Number.isFinite(number) ? number : null;
  });

/** The step after which each epoch of the History ended; epochs count from where the job began. */
export function epochEnds({ history: { epoch }, stepsPerEpoch, lastStep }: Omit<JobCurves, 'steps'>): number[] {
  const first = epoch[0] ?? 0;
  return epoch.map((number) => Math.min((number - first + 1) * (stepsPerEpoch ?? 1), Math.max(lastStep, 1)));
}

/**
 * The curves of one metric: training by step or by epoch, validation by epoch. Beside steps the few values of epochs are not
 * smoothed: an average over ten epochs would lie far from where the curve of steps is that is averaged over ten steps.
 */
export function curvesOf(name: string, job: JobCurves, look: CurveLook): CurveGroup[] {
  const { history, steps } = job;
  const { axis, smoothing, colour, validationColour, prefix = '', validationDashed = false } = look;
  const byStep = axis === 'step' && steps.metrics[name] !== undefined;
  const groups: CurveGroup[] = [];
  if (byStep) groups.push({ x: steps.step, curves: withSmoothed({ label: `${prefix}${name}`, colour, values: toValues(steps.metrics[name] ?? []) }, smoothing) });
  const byEpoch: Curve[] = [];
  const few = history.epoch.length <= 60;
  if (!byStep && history.history[name] !== undefined) byEpoch.push(...withSmoothed({ label: `${prefix}${name}`, colour, values: toValues(history.history[name]), points: few }, smoothing));
  const validation = history.history[`val_${name}`];
  if (validation !== undefined) byEpoch.push(...withSmoothed({ label: `${prefix}val_${name}`, colour: validationColour, values: toValues(validation), points: few, dashed: validationDashed }, byStep ? 0 : smoothing));
  if (byEpoch.length > 0) groups.push({ x: axis === 'step' ? epochEnds(job) : history.epoch, curves: byEpoch });
  return groups;
}

function withSmoothed(curve: Curve, weight: number): Curve[] {
  if (weight === 0) return [curve];
  return [{ ...curve, label: `${curve.label} as it is`, faint: true, points: false, dashed: false }, { ...curve, points: false, values: smooth(curve.values, weight) }];
}
