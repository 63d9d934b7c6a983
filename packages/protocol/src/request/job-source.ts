import { z } from 'zod';
import { DatasetId } from '../ids.js';
import { Source } from './source.js';

const { uri, transforms } = Source.shape;

/**
 * What a job's `data.train` and `data.validation` may say: a source of its own, or a dataset of the project, whose source
 * it takes over; what is given beside the dataset replaces what the source says.
 */
export const JobSource = z
  .strictObject({ ...Source.shape, uri: uri.optional(), dataset: DatasetId.optional(), transforms: transforms.unwrap().optional() })
  .refine((source) => (source.uri === undefined) !== (source.dataset === undefined), { error: 'expected either "uri" or "dataset"', path: ['uri'] })
  .refine((source) => source.dataset === undefined || source.format === undefined, { error: 'the dataset has its own', path: ['format'] })
  .meta({ id: 'JobSource' });
export type JobSource = z.output<typeof JobSource>;

/** A job's source with its dataset's filled in: what an attempt reads. */
export const ResolvedSource = Source.extend({
  /** The dataset that it came from; its files are read as they were when it was scanned. */
  dataset: DatasetId.optional(),
});
export type ResolvedSource = z.output<typeof ResolvedSource>;

/** @param of the source of a dataset, for a request that names one */
export function resolveSource({ dataset, ...given }: JobSource, of: Source | undefined): ResolvedSource {
  if (dataset === undefined || of === undefined) return Source.parse(given);
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...of, ...said, dataset };
}
