import { Transform, type ResolvedSource, type Source, type SourceFormat } from '@trainyard/protocol';
import { DataError } from './data-error.js';
import { learnsFrom } from './fitting/fitted.js';
import { formatOfNames } from './formats/registry.js';

export interface ReadAsOptions {
  /** Whether the other source's transforms are taken over. What chance does is not: images are not changed at random. */
  readonly transforms: boolean;
  /** Whether no row may be left out: one of theirs must not be missing among predictions. */
  readonly everyRow: boolean;
}

/**
 * A source whose rows are read as those of another one, which a model was trained on, where it does not say itself how: the same
 * columns, in files of the same format the same options, and the same transforms. Of those that choose rows, `split` is not
 * taken over: it parts the rows that are trained on from others.
 */
export function readAs(source: ResolvedSource, other: Source, { transforms, everyRow }: ReadAsOptions): ResolvedSource {
  const { x = other.x, y = other.y, sample_weight = other.sample_weight } = source;
  return {
    ...source,
    ...(x !== undefined && { x }),
    ...(y !== undefined && { y }),
    ...(sample_weight !== undefined && { sample_weight }),
    ...formatOptions(source, other),
    ...(transforms && { transforms: other.transforms.filter((transform) => !choosesRows(transform, everyRow)).map(withoutChance) }),
  };
}

/** How the other source's files are read, where these are of the same format, or their names tell none. */
function formatOptions(source: Source, { format, csv, jsonl, tfrecord, parquet, images, uri }: Source): Partial<Source> {
  const { format: own, csv: ownCsv, jsonl: ownJsonl, tfrecord: ownTfrecord, parquet: ownParquet, images: ownImages } = source;
  if ([own, ownCsv, ownJsonl, ownTfrecord, ownParquet, ownImages].some((given) => given !== undefined)) return {};
  const of = formatTold(source);
  const theirs = formatTold({ format, uri });
  if (of !== undefined && theirs !== undefined && of !== theirs) return {};
  return { ...(format && { format }), ...(csv && { csv }), ...(jsonl && { jsonl }), ...(tfrecord && { tfrecord }), ...(parquet && { parquet }), ...(images && { images }) };
}

/** The format that a source says, or the suffixes of its files or globs. Of folders only their files tell. */
function formatTold({ format, uri }: Pick<Source, 'format' | 'uri'>): SourceFormat | undefined {
  const names = [uri].flat().filter((name) => !name.endsWith('/'));
  if (format || names.length === 0) return format;
  try {
    return formatOfNames(names).name;
  } catch (error) {
    if (error instanceof DataError) return undefined; // what is wrong with them is told where they are opened
    throw error;
  }
}

function choosesRows(transform: Transform, everyRow: boolean): boolean {
  return 'split' in transform || (everyRow && 'drop_rows' in transform);
}

/** The same transform but for what it does at random. */
const withoutChance = (transform: Transform): Transform => ('image_data_generator' in transform ? Transform.parse(learnsFrom(transform)) : transform);
