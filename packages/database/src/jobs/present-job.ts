import { keepEverything, type InferenceSpec, type Job } from '@trainyard/protocol';
import type { JobRecord } from './job-record.js';

const time = (date: Date | null): string | null => date?.toISOString() ?? null;

/** A job's row as the resource that users see: in the API's answers, and in what webhooks are sent. */
export function presentJob(job: JobRecord, queuePosition: number | null): Job {
  if (job.kind === 'scan') throw new Error(`${job.id}: users see a scan as its dataset`);
  const { spec } = job;
  return {
    id: job.id,
    object: 'job',
    kind: job.kind,
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
    metrics: job.result?.kind === 'evaluate' ? job.result.metrics : null,
    predictions: job.result?.kind === 'predict' ? { bytes: job.result.bytes, sha256: job.result.sha256, arrays: job.result.arrays } : null,
    priority: job.priority,
    model: job.model,
    compile: spec.compile,
    ...(job.kind === 'train' ? trainingOf(job.spec) : inferenceOf(job.spec)),
    resources: spec.resources,
    limits: spec.limits,
    retention: spec.retention ?? keepEverything,
    webhook: spec.webhook ? { ...spec.webhook, disabled_at: time(job.webhookDisabledAt) } : null,
    error: job.error,
    warnings: [...job.warnings],
    created_at: job.createdAt.toISOString(),
    queued_at: time(job.queuedAt),
    started_at: time(job.startedAt),
    finished_at: time(job.finishedAt),
    expires_at: time(job.expiresAt),
  };
}

type OfOneKind = Pick<Job, 'inference' | 'seed' | 'data' | 'fit' | 'fit_generator' | 'callbacks' | 'continued'>;

function trainingOf({ seed, data, fit, fit_generator, callbacks, continued }: Extract<JobRecord, { kind: 'train' }>['spec']): OfOneKind {
  return { inference: null, seed, data, fit, fit_generator, callbacks, continued: continued ? { job: continued.job, checkpoint: continued.checkpoint } : null };
}

function inferenceOf({ checkpoint, data, batch_size, steps }: Omit<InferenceSpec, 'architecture'>): OfOneKind {
  const inference = { job: checkpoint.job, checkpoint: checkpoint.id, filename: checkpoint.filename, data, batch_size, steps };
  return { inference, seed: null, data: null, fit: null, fit_generator: null, callbacks: [], continued: null };
}
