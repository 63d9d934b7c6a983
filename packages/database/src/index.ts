export { Database, openDatabase, pingDatabase, warmUpDatabase } from './database.js';
export { CheckpointGoneError, DatabaseUnavailableError, FencedError, IdempotencyMismatchError, JobInUseError, NoSuchVersionError, VersionAnswersError, WrongStatusError } from './errors.js';
export { deployMigrations } from './migrate/deploy.js';

export { ensureProject, type ProjectRecord } from './keys/projects.js';
export { authenticate, createKey, deleteKey, listKeys, type KeyRecord } from './keys/api-keys.js';

export type { InferenceRecord, JobRecord, SnapshotPointer, TrainRecord, UserJobRecord } from './jobs/job-record.js';
export { createInference, type NewInference } from './jobs/create-inference.js';
export { createJob, findIdempotentJob, type IdempotencyUse, type NewJob } from './jobs/create-job.js';
export { presentJob } from './jobs/present-job.js';
export { countJobs, findAnyJob, findJob, getJobSpec, listJobs, queuePosition, queuePositions, type ListJobs } from './jobs/find-jobs.js';
export { deleteJob, requestIntent, resumeJob, retryJob } from './jobs/change-job.js';
export { findDueDeliveries, markDelivered, type DueDelivery } from './jobs/deliveries.js';

export { expectHeld, type AttemptRef } from './attempts/attempt-ref.js';
export { claimJob, type Claim, type Work } from './attempts/claim-job.js';
export { renewLease, type Pulse } from './attempts/renew-lease.js';
export { endAttempt, findLostAttempts, takeLostAttempt, type AttemptEnd } from './attempts/end-attempt.js';
export { enterPhases } from './attempts/enter-phases.js';
export { settleData } from './attempts/settle-data.js';
export { findPlan, settlePlan, type PlanProposal, type SettledPlan } from './attempts/settle-plan.js';

export { appendEvents, listEvents, listLogs, type ListEvents } from './results/events.js';
export { listHistory, recordEpoch, type EpochEnd, type HistoryRecord } from './results/history.js';
export { listSteps, recordSteps, type StepRecord, type StoredStep } from './results/metrics.js';
export { thinSteps, type StepBounds } from './results/thin-steps.js';
export { addCheckpoint, listCheckpoints, takeReplacedCheckpoints, type CheckpointRecord, type NewCheckpoint } from './results/checkpoints.js';
export { discardSnapshot, saveSnapshot } from './results/snapshot.js';
export { addPredictionPart, listPredictionParts, type PartArray, type PredictionPart } from './results/prediction-parts.js';
export { recordResult } from './results/inference-result.js';
export { listResources, recordResources, type ResourceSampleRecord, type ResourceUse } from './results/resource-samples.js';

export { deleteExpiredJob, findExpiredJobs, type ExpiredJob } from './retention/expired-jobs.js';
export { findJobsToPrune, pruneCheckpoints, type Pruned } from './retention/prune-checkpoints.js';

export { findProjects, objectsOfDatasets, objectsOfJobs, objectsOfModels } from './orphans/named-objects.js';
export { beginSweep, countRemoved, endSweep, sweepTotals, type SweepTotals } from './orphans/sweeps.js';

export { changeWebhookSecret, findWebhookSecrets, type WebhookSecrets } from './webhooks/webhook-secrets.js';
export { countPendingWebhooks, createWebhookTest, listWebhookDeliveries, type WebhookDeliveryRecord } from './webhooks/webhook-deliveries.js';
export { claimWebhooks, settleWebhook, type ClaimedWebhook, type WebhookOutcome } from './webhooks/webhook-tries.js';

export { createDataset, deleteDataset, findDataset, findDatasetOfJob, listDatasets, recordScan, type DatasetRecord, type NewDataset } from './datasets/datasets.js';

export type { AliasRecord, AliasTarget, AliasVersion, NewAliasTarget, Weighted } from './aliases/alias-record.js';
export { findAlias, findAliasVersion, listAliases } from './aliases/find-aliases.js';
export { deleteAlias, deleteAliasVersion, keptVersions, moveAlias, rollBackAlias, type ChangedAlias, type NewAliasVersion } from './aliases/move-alias.js';
export { countShadow, type AliasVersionRef } from './aliases/count-shadow.js';
