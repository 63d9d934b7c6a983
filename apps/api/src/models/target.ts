import type { AliasTarget, CheckpointRecord, JobRecord } from '@trainyard/database';

/** A checkpoint that predictions are asked of: a job's, or a copy of a file, which is of no job. */
export type Target = Omit<AliasTarget, 'signature'> & Partial<Pick<AliasTarget, 'signature'>>;

/** A target with all that predicting takes. */
export interface ServedTarget extends Target {
  /** The model's JSON, where the checkpoint is of weights alone. */
  readonly modelJson: string | null;
}

export const targetOf = (job: JobRecord, { id, filename, kind, key, sha256 }: CheckpointRecord): Target => ({
  ...{ jobId: job.id, uri: null, sourceSha256: null, checkpointId: id, filename, kind, key, sha256 },
  dataKey: job.dataKey,
});
