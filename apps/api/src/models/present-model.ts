import type { AliasRecord, AliasVersion, CheckpointRecord, JobRecord, Weighted } from '@trainyard/database';
import type { ModelResource, ModelVersion, ModelVersionStatus } from '@trainyard/protocol';
import { targetOf, type Target } from './target.js';

/** An alias as users see it, and as TensorFlow Serving's clients do: every version that is kept answers. */
export function presentAlias(alias: AliasRecord): ModelResource {
  const versions = alias.versions.map(presentVersion);
  return present({ name: alias.name, kind: 'alias', version: alias.version, createdAt: alias.createdAt, updatedAt: alias.movedAt }, versions);
}

/**
 * A job as a model: of each step the last checkpoint is a version.
 *
 * @param answering the one that answers when none is asked for.
 */
export function presentJobAsModel(name: string, job: JobRecord, checkpoints: readonly CheckpointRecord[], answering: CheckpointRecord): ModelResource {
  const lasts = checkpoints.filter(({ step }, i) => checkpoints[i + 1]?.step !== step);
  const versions = lasts.map((checkpoint): ModelVersion => ({
    version: checkpoint.step,
    split: [{ ...presentTarget(targetOf(job, checkpoint)), weight: 1 }],
    shadow: null,
    created_at: checkpoint.createdAt.toISOString(),
  }));
  return present({ name, kind: 'job', version: answering.step, createdAt: job.createdAt, updatedAt: answering.createdAt }, versions.reverse());
}

/** TensorFlow Serving's words for versions. */
export const statusOf = (versions: readonly { version: number }[]): ModelVersionStatus[] =>
  versions.map(({ version }) => ({ version: String(version), state: 'AVAILABLE', status: { error_code: 'OK', error_message: '' } }));

interface Named {
  readonly name: string;
  readonly kind: ModelResource['kind'];
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

function present({ name, kind, version, createdAt, updatedAt }: Named, versions: ModelVersion[]): ModelResource {
  const answering = versions.find((one) => one.version === version);
  return {
    ...{ object: 'model', name, kind, version },
    ...{ split: answering?.split ?? [], shadow: answering?.shadow ?? null, versions },
    ...{ created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() },
    model_version_status: statusOf(versions),
  };
}

function presentVersion({ version, split, shadow, report, createdAt }: AliasVersion): ModelVersion {
  return {
    version,
    split: split.map((target: Weighted<Target>) => ({ ...presentTarget(target), weight: target.weight })),
    shadow: shadow && { ...presentTarget(shadow), report },
    created_at: createdAt.toISOString(),
  };
}

const presentTarget = ({ jobId, checkpointId, filename, uri }: Target) => ({ job: jobId, checkpoint: checkpointId, filename, uri });
