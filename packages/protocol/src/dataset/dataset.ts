import { z } from 'zod';
import { DatasetId } from '../ids.js';
import { Json, MetricValue } from '../json.js';
import { JobError, Timestamp } from '../job/job.js';
import { JobName, Metadata } from '../request/job-request.js';
import { Source, SourceFormat } from '../request/source.js';

/** The body of `POST /v1/datasets`: a source to be scanned, and then named by jobs. */
export const DatasetBody = z
  .strictObject({
    name: JobName.nullable().default(null),
    metadata: Metadata.default({}),
    source: Source,
  })
  .meta({ id: 'DatasetBody' });
export type DatasetBody = z.output<typeof DatasetBody>;

/** A value, and the place of the first row that has it. */
const extreme = z.object({ value: MetricValue, place: z.string() });

/** What the numbers of a column are, over all rows and all elements of a row. */
export const NumberStatistics = z.object({
  count: z.int().meta({ description: 'Finite numbers.' }),
  non_finite: z.int().meta({ description: 'NaN and infinite ones.' }),
  min: extreme.nullable(),
  max: extreme.nullable(),
  mean: z.number().nullable(),
  std: z.number().nullable().meta({ description: 'Of the population.' }),
  integers: z.boolean().meta({ description: 'Whether all are whole numbers.' }),
});
export type NumberStatistics = z.infer<typeof NumberStatistics>;

/** How long the texts (in characters) or sequences (in elements) of a column are. */
export const LengthStatistics = z.object({ min: z.int(), max: z.int(), mean: z.number() });
export type LengthStatistics = z.infer<typeof LengthStatistics>;

/** What a scan found in a column of the files, before any transform. */
export const ColumnScan = z.object({
  name: z.string(),
  kind: z.enum(['numbers', 'sequences', 'text', 'bytes']),
  dtype: z.string().nullable().meta({ description: 'Of numbers and sequences.' }),
  shape: z.array(z.int()).nullable().meta({ description: 'Of one row of numbers, or one element of a sequence.' }),
  missing: z.int().meta({ description: 'Rows without a value.' }),
  numbers: NumberStatistics.nullable(),
  lengths: LengthStatistics.nullable(),
  classes: z.array(z.object({ value: z.union([z.string(), z.number()]), count: z.int() })).nullable().meta({ description: 'Each value and how many rows have it, most frequent first; null where there are more than a hundred, or values are no classes.' }),
});
export type ColumnScan = z.infer<typeof ColumnScan>;

export const DatasetScan = z.object({
  format: SourceFormat,
  shards: z.int(),
  bytes: z.int(),
  rows: z.int(),
  columns: z.array(ColumnScan),
  first_rows: z.array(z.record(z.string(), Json)).meta({ description: 'The first rows, by column; null for a missing value, and for arrays of more than 1,024 elements.' }),
});
export type DatasetScan = z.infer<typeof DatasetScan>;

/** Whether a dataset can be used by jobs. */
export const DatasetStatus = z.enum(['scanning', 'ready', 'failed']);
export type DatasetStatus = z.infer<typeof DatasetStatus>;

/** The resource `/v1/datasets/{id}`. */
export const DatasetResource = z
  .object({
    id: DatasetId,
    object: z.literal('dataset'),
    name: z.string().nullable(),
    metadata: Metadata,
    status: DatasetStatus,
    source: Source,
    scan: DatasetScan.nullable().meta({ description: 'Null until it is ready.' }),
    error: JobError.nullable().meta({ description: 'Why the scan failed.' }),
    created_at: Timestamp,
    scanned_at: Timestamp.nullable(),
  })
  .meta({ id: 'Dataset' });
export type DatasetResource = z.infer<typeof DatasetResource>;
