import type { CheckpointRecord, JobRecord } from '@trainyard/database';
import type { CheckpointLabel } from '@trainyard/protocol';

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

export function labelsOf(job: JobRecord, checkpoints: readonly CheckpointRecord[], checkpoint: CheckpointRecord): CheckpointLabel[] {
  return (['best', 'latest', 'final'] as const).filter((label) => findCheckpoint(job, checkpoints, label)?.id === checkpoint.id);
}
