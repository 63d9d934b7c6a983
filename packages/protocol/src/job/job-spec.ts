import { z } from 'zod';
import { CheckpointId, JobId } from '../ids.js';
import { Callback } from '../request/callbacks.js';
import { Compile } from '../request/compile.js';
import { Fit, FitGenerator } from '../request/fit.js';
import { JobName, Limits, Metadata, Resources, Seed, type JobRequest } from '../request/job-request.js';
import { Architecture, ResolvedWeights } from '../request/model.js';
import { ResolvedSource } from '../request/job-source.js';

/** Where a job goes on that is the continuation of another one. */
export const Continued = z.strictObject({
  job: JobId,
  /** The final checkpoint: weights, the optimizer's state, the states of stateful layers. */
  checkpoint: CheckpointId,
  key: z.string().min(1),
  /** The object with what was learnt from the data; null where the job kept none. */
  data_key: z.string().nullable(),
  /** Batches and epochs that the job, and those that it continued, had trained: where streams of data go on. */
  steps: z.int().min(0),
  epochs: z.int().min(0),
});
export type Continued = z.infer<typeof Continued>;

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
  /** Absent: the job begins with first weights of its own. */
  continued: Continued.optional(),
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
