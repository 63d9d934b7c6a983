import { DataError, openDataset, type Dataset, type DatasetArrays, type ModelNames, type ResolvedUri } from '@trainyard/dataset';
import { openS3Store, type ObjectStore } from '@trainyard/object-store';
import type { Source } from '@trainyard/protocol';
import type { StorageConfig } from '../env.js';
import { filePrefix } from '../object-keys.js';
import type { Attempt } from './attempt.js';
import { inPart } from './placed-error.js';

/** The data of a job: opened, which reads headers only. */
export interface JobData {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
}

/**
 * Finds the shards of the job's sources and reads their headers.
 *
 * @throws PlacedError with the DataError that says what is wrong.
 */
export async function openData({ order, store }: Attempt, names: ModelNames): Promise<JobData> {
  const { data } = order.spec;
  const open = (source: Source, pointer: string): Promise<Dataset> =>
    inPart(pointer, () => openDataset(source, { ...names, resolve: (uri) => resolveUri(uri, store, order.project, order.storage) }));
  return {
    train: await open(data.train, '/data/train'),
    validation: data.validation === null ? undefined : await open(data.validation, '/data/validation'),
  };
}

/** All rows of a dataset in memory. */
export function loadData(dataset: Dataset, pointer: string, signal: AbortSignal): Promise<DatasetArrays> {
  return inPart(pointer, () => dataset.load(signal));
}

/**
 * Where a URI of a job's request leads: `files/…` to the project's own files, `s3://bucket/…` to a bucket that the
 * operator has opened for all projects.
 *
 * @throws DataError when the bucket is none of those.
 */
export function resolveUri(uri: string, store: ObjectStore, project: string, storage: StorageConfig): ResolvedUri {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(uri) ?? [];
  if (bucket === undefined || key === undefined) return { store, prefix: filePrefix(project) + uri.replace(/^files\//, '') };
  if (!storage.s3 || !storage.dataBuckets.includes(bucket))
    throw new DataError(uri, `expected "files/…", or one of the buckets that this server reads from (${storage.dataBuckets.join(', ') || 'none'})`, { code: 'data_not_found', pointer: '/uri' });
  return { store: openS3Store(storage.s3, bucket), prefix: key };
}
