import { newDatasetId, type DatasetScan, type DatasetStatus, type JobError, type JobStatus, type ScanSpec, type Source } from '@trainyard/protocol';
import { holdAttemptToChange, type AttemptRef } from '../attempts/attempt-ref.js';
import type { Database, Transaction } from '../database.js';
import type { Prisma } from '../generated/client.js';
import { insertJob, withIdempotency, type IdempotencyUse } from '../jobs/create-job.js';
import { jsonInput } from '../json-input.js';
import { toJobRecord, withoutArchitecture, type JobRecord } from '../jobs/job-record.js';

/** A dataset with what the job that scans it has come to. */
export interface DatasetRecord {
  readonly id: string;
  readonly projectId: string;
  readonly name: string | null;
  readonly metadata: Record<string, string>;
  readonly source: Source;
  readonly status: DatasetStatus;
  readonly scan: DatasetScan | null;
  /** The object with its shards and what its transforms fitted. */
  readonly stateKey: string | null;
  readonly error: JobError | null;
  readonly jobId: string;
  readonly createdAt: Date;
  readonly scannedAt: Date | null;
}

export interface NewDataset {
  readonly projectId: string;
  readonly name: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly source: Source;
  readonly resources: ScanSpec['resources'];
  readonly limits: ScanSpec['limits'];
  readonly idempotency?: IdempotencyUse | undefined;
  readonly traceparent?: string | null | undefined;
}

/**
 * Stores a dataset together with the queued job that scans it. A dataset that was made with the same Idempotency-Key and body
 * before is answered instead.
 *
 * @throws IdempotencyMismatchError when the key was used for another body.
 */
export async function createDataset(database: Database, given: NewDataset): Promise<{ dataset: DatasetRecord; job: JobRecord; created: boolean }> {
  const { projectId, name, metadata, source, resources, limits, idempotency, traceparent } = given;
  const { job, created } = await withIdempotency(database, projectId, idempotency, async (transaction) => {
    const id = newDatasetId();
    const spec: ScanSpec = { version: 1, dataset: id, source, priority: 0, resources, limits };
    const scanning = await insertJob(transaction, { projectId, kind: 'scan', name, metadata, spec, architecture: {}, model: {}, warnings: [], idempotency, traceparent });
    await transaction.dataset.create({ data: { id, projectId, name, metadata: jsonInput(metadata), source: jsonInput(source), jobId: scanning.id }, select: { id: true } });
    return scanning;
  });
  const row = await database.run((client) => client.dataset.findUniqueOrThrow({ where: { jobId: job.id }, include: withJob }));
  return { dataset: toDatasetRecord(row), job, created };
}

/** A project's dataset; undefined when there is none, or it is another project's. */
export async function findDataset(database: Database, projectId: string, id: string): Promise<DatasetRecord | undefined> {
  const row = await database.run((client) => client.dataset.findFirst({ where: { id, projectId }, include: withJob }));
  return row === null ? undefined : toDatasetRecord(row);
}

/** The dataset that a request with this Idempotency-Key made. */
export async function findDatasetOfJob(database: Database, jobId: string): Promise<DatasetRecord | undefined> {
  const row = await database.run((client) => client.dataset.findUnique({ where: { jobId }, include: withJob }));
  return row === null ? undefined : toDatasetRecord(row);
}

/** A page of a project's datasets, newest first. @param after the id of the last one of the page before */
export async function listDatasets(database: Database, projectId: string, { limit, after }: { limit: number; after: string | undefined }): Promise<{ datasets: DatasetRecord[]; hasMore: boolean }> {
  const where = { projectId, ...(after !== undefined && { id: { lt: after } }) };
  const rows = await database.run((client) => client.dataset.findMany({ where, orderBy: { id: 'desc' }, take: limit + 1, include: withJob }));
  return { datasets: rows.slice(0, limit).map(toDatasetRecord), hasMore: rows.length > limit };
}

/**
 * Deletes a dataset and the job that scans it, also while it does: the attempt finds that it does not hold its job any more.
 * @returns whether the project had such a dataset.
 */
export async function deleteDataset(database: Database, projectId: string, id: string): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const row = await transaction.dataset.findFirst({ where: { id, projectId }, select: { jobId: true } });
    if (row === null) return false;
    await transaction.job.delete({ where: { id: row.jobId }, select: { id: true } });
    return true;
  });
}

/**
 * Stores what an attempt found. The object under `stateKey` is there already.
 *
 * @throws FencedError
 */
export async function recordScan(database: Database, ref: AttemptRef, { scan, stateKey }: { scan: DatasetScan; stateKey: string }): Promise<void> {
  await database.transaction(async (transaction: Transaction) => {
    await holdAttemptToChange(transaction, ref);
    await transaction.dataset.update({ where: { jobId: ref.jobId }, data: { scan: jsonInput(scan), stateKey, scannedAt: new Date() }, select: { id: true } });
  });
}

const withJob = { job: { omit: withoutArchitecture } } as const;
type Row = Prisma.DatasetGetPayload<{ include: typeof withJob }>;

const statuses: Record<JobStatus, DatasetStatus> = { queued: 'scanning', running: 'scanning', paused: 'scanning', succeeded: 'ready', failed: 'failed', cancelled: 'failed' };

// JSON columns hold what this package wrote, from the very types that they are read as.
function toDatasetRecord({ job: row, id, projectId, name, jobId, stateKey, createdAt, scannedAt, ...json }: Row): DatasetRecord {
  const { status, error } = toJobRecord(row);
  return {
    ...{ id, projectId, name, jobId, stateKey, createdAt, scannedAt, error },
    metadata: json.metadata as Record<string, string>,
    source: json.source as unknown as Source,
    status: statuses[status],
    scan: json.scan as unknown as DatasetScan | null,
  };
}
