import type { CheckpointRecord, JobRecord } from '@trainyard/database';
import type { Checkpoint, Job } from '@trainyard/protocol';
import { labelsOf } from './find-checkpoint.js';

const time = (date: Date | null): string | null => date?.toISOString() ?? null;

/** A job's row as the resource that users see. */
export function presentJob(job: JobRecord, queuePosition: number | null): Job {
  const { spec } = job;
  return {
    id: job.id,
    object: 'job',
    kind: 'train',
    name: job.name,
    metadata: job.metadata,
    status: job.status,
    phase: job.phase,
    intent: job.intent,
    stop_reason: job.stopReason,
    attempt: job.attempt,
    max_attempts: job.maxAttempts,
    queue_position: queuePosition,
    plan: job.plan,
    progress: job.progress,
    latest_metrics: job.latestMetrics,
    best: job.best,
    seed: spec.seed,
    priority: job.priority,
    model: job.model,
    compile: spec.compile,
    data: spec.data,
    fit: spec.fit,
    fit_generator: spec.fit_generator,
    callbacks: spec.callbacks,
    resources: spec.resources,
    limits: spec.limits,
    continued: spec.continued ? { job: spec.continued.job, checkpoint: spec.continued.checkpoint } : null,
    error: job.error,
    warnings: [...job.warnings],
    created_at: job.createdAt.toISOString(),
    queued_at: time(job.queuedAt),
    started_at: time(job.startedAt),
    finished_at: time(job.finishedAt),
  };
}

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
