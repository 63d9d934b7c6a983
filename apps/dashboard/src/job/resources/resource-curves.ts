import type { ResourceSample } from '@trainyard/protocol';
import type { Values } from '../../charts/smooth.js';

/** Samples as they are drawn: over the seconds that the job has run, its attempts one after another, with a gap between them. */
export interface ResourceCurves {
  readonly x: readonly number[];
  /** The sample at each x; none in a gap. */
  readonly samples: readonly (ResourceSample | undefined)[];
  readonly cpu: Values;
  readonly memory: Values;
  /** Undefined where no attempt had one. */
  readonly limit: Values | undefined;
  /** Undefined where it was never told. */
  readonly gpuMemory: Values | undefined;
}

/** Of the gap between two attempts, of the time that all have run: so much of it is seen. */
const gapShare = 0.02;

/** @param samples of all attempts, oldest first */
export function resourceCurves(samples: readonly ResourceSample[]): ResourceCurves {
  const x: number[] = [];
  const placed: (ResourceSample | undefined)[] = [];
  const gapSeconds = Math.max(1, ranFor(samples) * gapShare);
  let startedAt = 0;
  let offset = 0;
  samples.forEach((sample, index) => {
    const at = Date.parse(sample.at) / 1000;
    const before = samples[index - 1];
    if (before === undefined) startedAt = at;
    else if (before.attempt !== sample.attempt) {
      const end = x.at(-1) ?? 0;
      x.push(end + gapSeconds / 2);
      placed.push(undefined);
      [startedAt, offset] = [at, end + gapSeconds];
    }
    x.push(offset + at - startedAt);
    placed.push(sample);
  });
  const column = (of: (sample: ResourceSample) => number | null): Values => placed.map((sample) => (sample === undefined ? null : of(sample)));
  const columnWhereTold = (of: (sample: ResourceSample) => number | null): Values | undefined => (samples.some((sample) => of(sample) !== null) ? column(of) : undefined);
  return {
    ...{ x, samples: placed },
    cpu: column(({ cpu_percent: percent }) => percent),
    memory: column(({ memory_mb: mb }) => mb),
    limit: columnWhereTold(({ memory_limit_mb: mb }) => mb),
    gpuMemory: columnWhereTold(({ gpu_memory_mb: mb }) => mb),
  };
}

/** The sample that is drawn at an x; none in a gap. */
export const sampleAt = ({ x, samples }: Pick<ResourceCurves, 'x' | 'samples'>, at: number): ResourceSample | undefined => samples[x.indexOf(at)];

/** Seconds between the first and the last sample of each attempt. */
function ranFor(samples: readonly ResourceSample[]): number {
  let seconds = 0;
  samples.forEach(({ attempt, at }, index) => {
    const before = samples[index - 1];
    if (before?.attempt === attempt) seconds += (Date.parse(at) - Date.parse(before.at)) / 1000;
  });
  return seconds;
}
