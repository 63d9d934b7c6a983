import { ofAttempt, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database } from '../database.js';
import { FencedError } from '../errors.js';

/** What the process of an attempt takes of its machine at a moment. */
export interface ResourceUse {
  /** Of one core, since the sample before: 250 is two and a half cores. */
  readonly cpuPercent: number;
  readonly memoryMb: number;
  readonly memoryLimitMb: number | null;
  readonly gpuMemoryMb: number | null;
}

export interface ResourceSampleRecord extends ResourceUse {
  readonly attempt: number;
  readonly at: Date;
}

/**
 * Stores a sample of an attempt, and removes those of the job that do not lie on a multiple of `every`.
 *
 * @param tick where it lies in the time that the job has been running, in units of the shortest interval; a multiple of `every`.
 * @throws FencedError
 */
export async function recordResources(database: Database, ref: AttemptRef, sample: ResourceUse & { readonly tick: number }, every: number): Promise<void> {
  const { tick, cpuPercent, memoryMb, memoryLimitMb, gpuMemoryMb } = sample;
  const held = await database.run((client) =>
    client.$queryRaw<unknown[]>`
      WITH held AS (SELECT id, attempt FROM jobs WHERE ${ofAttempt(ref)} FOR SHARE),
      thinned AS (DELETE FROM resource_samples USING held WHERE job_id = held.id AND tick % ${every}::int <> 0),
      stored AS (
        INSERT INTO resource_samples (job_id, tick, attempt, cpu_percent, memory_mb, memory_limit_mb, gpu_memory_mb)
        SELECT id, ${tick}::int, attempt, ${cpuPercent}::real, ${memoryMb}::int, ${memoryLimitMb}::int, ${gpuMemoryMb}::int FROM held
        ON CONFLICT DO NOTHING)
      SELECT 1 FROM held`,
  );
  if (held.length === 0) throw new FencedError(ref.jobId, ref.attempt);
}

/** The samples of a job, of all attempts, oldest first. */
export async function listResources(database: Database, jobId: string): Promise<ResourceSampleRecord[]> {
  return database.run((client) =>
    client.resourceSample.findMany({
      where: { jobId },
      orderBy: { at: 'asc' },
      select: { attempt: true, at: true, cpuPercent: true, memoryMb: true, memoryLimitMb: true, gpuMemoryMb: true },
    }),
  );
}
