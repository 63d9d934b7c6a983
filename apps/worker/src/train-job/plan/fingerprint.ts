import { createHash } from 'node:crypto';
import type { Dataset } from '@trainyard/dataset';
import type { JobSpec } from '@trainyard/protocol';

/** What a plan is chosen for, besides the model and its compile arguments. */
export interface TrainingSize {
  readonly batchSize: number;
  /** Batches of all epochs together. */
  readonly steps: number;
  readonly machine: string;
}

/**
 * Of all that a plan depends on: model, compile arguments, shapes of the data, batch size, number of steps, class of the
 * machine. Trainings with one fingerprint are trained by one plan.
 *
 * @returns `sha256:` and 64 hexadecimal digits.
 */
export function fingerprintOf(spec: Pick<JobSpec, 'architecture' | 'compile' | 'fit' | 'fit_generator'>, data: Pick<Dataset, 'x' | 'y' | 'sampleWeight'>, size: TrainingSize): string {
  const { architecture, compile, fit, fit_generator } = spec;
  const weighted = (fit ?? fit_generator)?.class_weight != null;
  const { x, y, sampleWeight = null } = data;
  return `sha256:${createHash('sha256').update(canonical({ architecture, compile, data: { x, y, sampleWeight, weighted }, ...size })).digest('hex')}`;
}

/** JSON with the members of its objects in one order. */
const canonical = (value: unknown): string => JSON.stringify(value, (_, member: unknown) => (isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member));

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value);
