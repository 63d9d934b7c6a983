import type { CheckpointRecord, JobRecord } from '@trainyard/database';
import type { Checkpoint } from '@trainyard/protocol';
import { labelsOf } from './find-checkpoint.js';

/** A checkpoint's row as users see it; `all` are those of its job. */
export function presentCheckpoint(job: JobRecord, all: readonly CheckpointRecord[], checkpoint: CheckpointRecord): Checkpoint {
  const { id, filename, epoch, step, kind, metrics, bytes, sha256, createdAt } = checkpoint;
  return {
    ...{ id, filename, epoch, step, kind, metrics, bytes, sha256 },
    object: 'checkpoint',
    job: job.id,
    created_at: createdAt.toISOString(),
    labels: labelsOf(job, all, checkpoint),
  };
}
