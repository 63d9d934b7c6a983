import { listCheckpoints, type CheckpointRecord, type JobRecord } from '@trainyard/database';
import { ApiError, type CheckpointLabel } from '@trainyard/protocol';
import type { Deps } from '../deps.js';

/**
 * The checkpoint that a ref means: an id, `best`, `latest`, `final`, `epoch-N` (the last one of that epoch, from 0), or a
 * filename. `checkpoints` are in the order in which they were made.
 */
export function findCheckpoint(job: JobRecord, checkpoints: readonly CheckpointRecord[], ref: string): CheckpointRecord | undefined {
  if (ref === 'best') return checkpoints.find(({ id }) => id === job.best?.checkpoint);
  if (ref === 'final') return checkpoints.findLast(({ final }) => final);
  if (ref === 'latest') return checkpoints.at(-1);
  const epoch = /^epoch-(\d+)$/.exec(ref)?.[1];
  if (epoch !== undefined) return checkpoints.findLast((checkpoint) => checkpoint.epoch === Number(epoch));
  return checkpoints.find(({ id, filename }) => id === ref || filename === ref);
}

/** What is meant where nothing is said: `final`, or `latest` while there is none. */
export function finalOrLatest(job: JobRecord, checkpoints: readonly CheckpointRecord[]): CheckpointRecord | undefined {
  return findCheckpoint(job, checkpoints, 'final') ?? findCheckpoint(job, checkpoints, 'latest');
}

export function labelsOf(job: JobRecord, checkpoints: readonly CheckpointRecord[], checkpoint: CheckpointRecord): CheckpointLabel[] {
  return (['best', 'latest', 'final'] as const).filter((label) => findCheckpoint(job, checkpoints, label)?.id === checkpoint.id);
}

/**
 * The checkpoint that a request asks for; without a ref `final`, or `latest` while there is none.
 *
 * @throws ApiError `not_found`, which says what there is.
 */
export async function chooseCheckpoint({ database }: Deps, job: JobRecord, ref: string | undefined): Promise<CheckpointRecord> {
  const all = await listCheckpoints(database, job.id);
  const found = ref === undefined ? finalOrLatest(job, all) : findCheckpoint(job, all, ref);
  if (found !== undefined) return found;
  const what = ref === undefined ? 'no checkpoint yet' : `no checkpoint "${ref}"`;
  throw new ApiError('not_found', `${job.id} has ${what}${all.length === 0 ? '' : `; it has ${all.map(({ filename }) => filename).join(', ')}`}`);
}
