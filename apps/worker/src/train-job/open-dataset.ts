import { DataError, openDataset, type Dataset, type DatasetArrays, type ModelNames, type ResolvedUri } from '@trainyard/dataset';
import { openS3Store, type ObjectStore } from '@trainyard/object-store';
import type { Source } from '@trainyard/protocol';
import type { StorageConfig } from '../env.js';
import { filePrefix } from '../object-keys.js';
import type { Attempt } from './attempt.js';
import { inPart } from './placed-error.js';

/** The data of a job: opened, which reads headers only, and of what training holds in memory the rows. */
export interface JobData {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  /** For `fit` all rows; for `fit_generator` those of a validation whose length would else not be known. */
  readonly loaded: { readonly train?: DatasetArrays; readonly validation?: DatasetArrays };
}

/**
 * Finds the shards of the job's sources, reads their headers, has their shapes checked, and only then reads what training
 * holds in memory.
 *
 * @throws PlacedError with the DataError, or what `check` threw.
 */
export async function openData(attempt: Attempt, names: ModelNames, check: (dataset: Dataset) => void): Promise<JobData> {
  const { order, workplace, store, wishes } = attempt;
  const { data, fit, fit_generator } = order.spec;
  const open = (source: Source, pointer: string): Promise<Dataset> =>
    inPart(pointer, async () => {
      const dataset = await openDataset(source, { ...names, resolve: (uri) => resolveUri(uri, store, order.project, workplace.storage) });
      check(dataset);
      return dataset;
    });
  const load = (dataset: Dataset, pointer: string): Promise<DatasetArrays> => inPart(pointer, () => dataset.load(wishes.signal));
  const train = await open(data.train, '/data/train');
  const validation = data.validation === null ? undefined : await open(data.validation, '/data/validation');
  const holdsValidation = validation && (fit !== null || (fit_generator?.validation_steps === null && validation.rows === undefined));
  return {
    ...{ train, validation },
    loaded: {
      ...(fit && { train: await load(train, '/data/train') }),
      ...(holdsValidation && { validation: await load(validation, '/data/validation') }),
    },
  };
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
