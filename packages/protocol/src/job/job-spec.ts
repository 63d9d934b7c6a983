import { z } from 'zod';
import { Callback } from '../request/callbacks.js';
import { Compile } from '../request/compile.js';
import { Fit, FitGenerator } from '../request/fit.js';
import { JobName, Limits, Metadata, Resources, Seed, type JobRequest } from '../request/job-request.js';
import { Architecture, ResolvedWeights } from '../request/model.js';
import { ResolvedSource } from '../request/job-source.js';

/**
 * What an attempt works by: stored on the job's row when the job is created, and never changed. Defaults are filled,
 * refs to other jobs are resolved, exactly one of `fit` and `fit_generator` is set.
 */
export const JobSpec = z.strictObject({
  /** Raised when old specs need to be read differently. */
  version: z.literal(1),
  name: JobName.nullable(),
  metadata: Metadata,
  seed: Seed,
  priority: z.int(),
  /** Keras's model JSON as it was received, `trainable` applied. */
  architecture: Architecture,
  /** Loaded in this order after the initializers ran. */
  weights: z.array(ResolvedWeights),
  compile: Compile,
  data: z.strictObject({ train: ResolvedSource, validation: ResolvedSource.nullable() }),
  fit: Fit.nullable(),
  fit_generator: FitGenerator.nullable(),
  callbacks: z.array(Callback),
  resources: Resources,
  limits: Limits,
});
export type JobSpec = z.output<typeof JobSpec>;

/** What a spec needs beyond its request: found out by whoever accepts the job. */
export interface Resolution {
  readonly seed: number;
  readonly architecture: JobSpec['architecture'];
  readonly weights: readonly ResolvedWeights[];
  readonly compile: Compile;
  readonly data: JobSpec['data'];
}

/** The spec of a request that was accepted. */
export function toJobSpec(request: JobRequest, resolution: Resolution): JobSpec {
  const generator = request.fit_generator ?? null;
  return {
    version: 1,
    name: request.name,
    metadata: request.metadata,
    seed: resolution.seed,
    priority: request.priority,
    architecture: resolution.architecture,
    weights: [...resolution.weights],
    compile: resolution.compile,
    data: resolution.data,
    fit: generator === null ? (request.fit ?? Fit.parse({})) : null,
    fit_generator: generator,
    callbacks: request.callbacks,
    resources: request.resources,
    limits: request.limits,
  };
}
