import type { Best, Intent, JobError, JobPhase, JobSpec, JobStatus, Json, JsonObject, Metrics, ModelSummary, Progress, StopReason, Warning } from '@trainyard/protocol';
import type { Prisma } from '../generated/client.js';

/** Where an attempt goes on: what the job's newest snapshot is, and what was known when it was stored. */
export interface SnapshotPointer {
  readonly key: string;
  readonly step: number;
  readonly epoch: number;
  readonly best: Best | null;
  readonly latestMetrics: Metrics;
}

/** `train`: what users POST. `scan`: looks through a dataset; users see it as the dataset's status. */
export type JobKind = 'train' | 'scan';

/** A job's row, except for its architecture. Only a `train` has a model, and the spec that is declared here. */
export interface JobRecord {
  readonly id: string;
  readonly projectId: string;
  readonly kind: JobKind;
  readonly name: string | null;
  readonly metadata: Record<string, string>;
  readonly status: JobStatus;
  readonly phase: JobPhase | null;
  readonly intent: Intent | null;
  readonly stopReason: StopReason | null;
  readonly priority: number;
  readonly spec: Omit<JobSpec, 'architecture'>;
  readonly model: ModelSummary;
  readonly warnings: readonly Warning[];
  readonly error: JobError | null;
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly failedAttempts: number;
  readonly worker: string | null;
  readonly leaseExpiresAt: Date | null;
  readonly plan: JsonObject | null;
  readonly metricsEvery: number | null;
  /** The object with the files that the job reads and what its transforms learnt; null before the first attempt knows. */
  readonly dataKey: string | null;
  readonly snapshot: SnapshotPointer | null;
  readonly progress: Progress | null;
  readonly latestMetrics: Metrics;
  readonly best: Best | null;
  readonly historyParams: Record<string, Json>;
  /** Milliseconds that the attempts which have ended were running. */
  readonly ranMs: number;
  readonly eventSeq: number;
  /** When the webhook's receiver answered that it is gone; null while it is sent to. */
  readonly webhookDisabledAt: Date | null;
  readonly createdAt: Date;
  readonly queuedAt: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** When the job is deleted. */
  readonly expiresAt: Date | null;
}

/** What to select for a {@link JobRecord}. */
export const withoutArchitecture = { architecture: true } as const;

type Row = Omit<Prisma.JobGetPayload<object>, 'architecture'>;

// JSON columns hold what this package wrote, from the very types that they are read as.
export function toJobRecord(row: Row): JobRecord {
  const { id, projectId, name, status, priority, attempt, maxAttempts, failedAttempts, worker, leaseExpiresAt } = row;
  const { metricsEvery, dataKey, eventSeq, webhookDisabledAt, createdAt, queuedAt, startedAt, finishedAt, expiresAt } = row;
  return {
    ...{ id, projectId, name, status, priority, attempt, maxAttempts, failedAttempts, worker, leaseExpiresAt },
    ...{ metricsEvery, dataKey, eventSeq, webhookDisabledAt, createdAt, queuedAt, startedAt, finishedAt, expiresAt },
    kind: row.kind as JobKind,
    metadata: row.metadata as Record<string, string>,
    phase: row.phase as JobPhase | null,
    intent: row.intent as Intent | null,
    stopReason: row.stopReason as StopReason | null,
    spec: row.spec as unknown as JobRecord['spec'],
    model: row.model as unknown as ModelSummary,
    warnings: row.warnings as unknown as Warning[],
    error: row.error as unknown as JobError | null,
    plan: row.plan as JsonObject | null,
    snapshot: row.snapshot as unknown as SnapshotPointer | null,
    progress: row.progress as unknown as Progress | null,
    latestMetrics: row.latestMetrics as unknown as Metrics,
    best: row.best as unknown as Best | null,
    historyParams: row.historyParams as Record<string, Json>,
    ranMs: Number(row.ranMs),
  };
}
