import type { Best, InferenceResult, InferenceSpec, Intent, JobError, JobKind, JobPhase, JobSpec, JobStatus, Json, JsonObject, Metrics, ModelSummary, Progress, ScanSpec, StopReason, Warning } from '@trainyard/protocol';
import type { Prisma } from '../generated/client.js';

/** Where an attempt goes on: what the job's newest snapshot is, and what was known when it was stored. */
export interface SnapshotPointer {
  readonly key: string;
  readonly step: number;
  readonly epoch: number;
  readonly best: Best | null;
  readonly latestMetrics: Metrics;
}

/** The kinds that users see, and `scan`: looks through a dataset; users see it as the dataset's status. */
export type StoredKind = JobKind | 'scan';

/** A job's row, except for its architecture. */
export type JobRecord = TrainRecord | InferenceRecord | ScanRecord;
/** A job that users see as one. */
export type UserJobRecord = TrainRecord | InferenceRecord;
export type TrainRecord = RecordOf<'train', Omit<JobSpec, 'architecture'>>;
export type InferenceRecord = RecordOf<'evaluate' | 'predict', Omit<InferenceSpec, 'architecture'>>;
type ScanRecord = RecordOf<'scan', ScanSpec>;

interface RecordOf<Kind extends StoredKind, Spec> extends CommonRecord {
  readonly kind: Kind;
  readonly spec: Spec;
}

/** What all kinds have. Of a `scan` the model is empty. */
interface CommonRecord {
  readonly id: string;
  readonly projectId: string;
  readonly name: string | null;
  readonly metadata: Record<string, string>;
  readonly status: JobStatus;
  readonly phase: JobPhase | null;
  readonly intent: Intent | null;
  readonly stopReason: StopReason | null;
  readonly priority: number;
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
  /** What came of an evaluation, or of predictions. */
  readonly result: InferenceResult | null;
  /** Milliseconds that the attempts which have ended were running. */
  readonly ranMs: number;
  readonly eventSeq: number;
  /** Of the request that created the job; null where nothing was traced. */
  readonly traceparent: string | null;
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
  const { metricsEvery, dataKey, eventSeq, traceparent, webhookDisabledAt, createdAt, queuedAt, startedAt, finishedAt, expiresAt } = row;
  return {
    ...{ id, projectId, name, status, priority, attempt, maxAttempts, failedAttempts, worker, leaseExpiresAt },
    ...{ metricsEvery, dataKey, eventSeq, traceparent, webhookDisabledAt, createdAt, queuedAt, startedAt, finishedAt, expiresAt },
    // The two belong together: a spec is of its row's kind.
    ...({ kind: row.kind, spec: row.spec } as unknown as Pick<TrainRecord, 'kind' | 'spec'>),
    metadata: row.metadata as Record<string, string>,
    phase: row.phase as JobPhase | null,
    intent: row.intent as Intent | null,
    stopReason: row.stopReason as StopReason | null,
    model: row.model as unknown as ModelSummary,
    warnings: row.warnings as unknown as Warning[],
    error: row.error as unknown as JobError | null,
    plan: row.plan as JsonObject | null,
    snapshot: row.snapshot as unknown as SnapshotPointer | null,
    progress: row.progress as unknown as Progress | null,
    latestMetrics: row.latestMetrics as unknown as Metrics,
    best: row.best as unknown as Best | null,
    historyParams: row.historyParams as Record<string, Json>,
    result: row.result as unknown as InferenceResult | null,
    ranMs: Number(row.ranMs),
  };
}
