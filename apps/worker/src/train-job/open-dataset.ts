import { DataError, hasOddities, openDataset, type Dataset, type DatasetArrays, type ModelNames, type ReadOptions, type ResolvedUri } from '@trainyard/dataset';
import { openS3Store, type ObjectStore } from '@trainyard/object-store';
import type { Fitted, ResolvedSource } from '@trainyard/protocol';
import type { StorageConfig } from '../env.js';
import { filePrefix } from '../object-keys.js';
import type { Attempt } from './attempt.js';
import { continuedFitted, keepState, knownState, shardsOfDataset } from './data-state.js';
import { inPart } from './placed-error.js';

/** Rows that are looked through before the first step, where the data are not read whole by then. */
const examinedRows = 65_536;

/** The data of a job: opened, which reads headers only, and of what training holds in memory the rows. */
export interface JobData {
  readonly train: Dataset;
  readonly validation: Dataset | undefined;
  /** For `fit` all rows; for `fit_generator` those of a validation whose length would else not be known. */
  readonly loaded: { readonly train?: DatasetArrays; readonly validation?: DatasetArrays };
}

/**
 * Finds the files of the job's sources, or takes those that an earlier attempt found; reads their headers, has their shapes
 * checked, and only then reads what training holds in memory. Values are checked as they are read: of a stream's targets and
 * indices the first ones here, before anything is trained.
 *
 * @throws PlacedError with the DataError, or what `check` threw.
 */
export async function openData(attempt: Attempt, names: ModelNames, check: (dataset: Dataset) => void): Promise<JobData> {
  const { order, wishes } = attempt;
  const { data, fit, fit_generator } = order.spec;
  const reading = { signal: wishes.signal, onRows: rowsReporter(attempt) };
  const state = await knownState(attempt);
  const open = (role: 'train' | 'validation', source: ResolvedSource, fitted?: Fitted): Promise<Dataset> =>
    inPart(`/data/${role}`, async () => {
      const shards = state?.[role]?.shards ?? (await shardsOfDataset(attempt, source.dataset));
      const dataset = await openDataset(source, { ...names, fitted, shards, ...reading, resolve: (uri) => resolveOf(attempt, uri) });
      check(dataset);
      return dataset;
    });
  const load = (dataset: Dataset, pointer: string): Promise<DatasetArrays> => inPart(pointer, () => dataset.load(reading));
  const train = await open('train', data.train, state ? state.train.fitted : await continuedFitted(attempt));
  const validation = data.validation === null ? undefined : await open('validation', data.validation, train.fitted);
  const keeping = state ? undefined : keepState(attempt, train, validation);
  keeping?.catch(() => undefined); // shows when it is awaited, unless the data is wrong, too
  const holdsValidation = validation && (fit !== null || (fit_generator?.validation_steps === null && validation.rows === undefined));
  const loaded = {
    ...(fit && { train: await load(train, '/data/train') }),
    ...(holdsValidation && { validation: await load(validation, '/data/validation') }),
  };
  await warnOfOddities(attempt, names, train, reading, loaded.train, '/data/train');
  if (validation) await warnOfOddities(attempt, names, validation, reading, loaded.validation, '/data/validation');
  await keeping;
  return { train, validation, loaded };
}

/** Milliseconds between two reports of rows: what tells the watchdog that reading goes on. */
const reportEveryMs = 1_000;

export function rowsReporter({ report }: Pick<Attempt, 'report'>): (rows: number) => void {
  let total = 0;
  let told = -Infinity;
  return (rows) => {
    total += rows;
    if (performance.now() - told < reportEveryMs) return;
    told = performance.now();
    report({ rowsRead: total });
  };
}

/** Values that can be trained on and are hardly meant so are said in the log. */
async function warnOfOddities({ log }: Attempt, { rules }: ModelNames, dataset: Dataset, reading: ReadOptions, loaded: DatasetArrays | undefined, pointer: string): Promise<void> {
  if (!rules || (loaded && !hasOddities(rules, loaded))) return; // files are not read again for nothing
  const warnings = await inPart(pointer, () => dataset.examine({ rows: loaded ? Infinity : examinedRows, ...reading }));
  for (const { place, detail } of warnings) log('warning', `${place}: ${detail}`);
}

const resolveOf = ({ order, store, workplace }: Attempt, uri: string): ResolvedUri => resolveUri(uri, store, order.project, workplace.storage);

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
