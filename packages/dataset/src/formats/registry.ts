import { sourceFormats, type Source, type SourceFormat } from '@trainyard/protocol';
import { DataError, listNames } from '../data-error.js';
import { npy } from './arrays/npy.js';
import { npz } from './arrays/npz.js';
import { csv } from './csv/csv.js';
import type { Format } from './format.js';
import { h5 } from './h5/h5.js';
import { images } from './images/images.js';
import { jsonl } from './jsonl/jsonl.js';
import { parquet } from './parquet/parquet.js';
import { tfrecord } from './tfrecord/tfrecord.js';

const byName: Readonly<Record<SourceFormat, Format>> = { npz, npy, csv, jsonl, h5, tfrecord, images, parquet };
const formats = Object.values(byName);

/** As TensorFlow's tools number shards: `train.tfrecord-00003-of-00010`. */
const shardNumber = /-\d{5}-of-\d{5}$/;

/** The formats that can be read. */
export const supportedFormats: readonly SourceFormat[] = sourceFormats;

export function formatNamed(name: SourceFormat): Format {
  return byName[name];
}

/** The fields of a source that tell one format how to read. */
const optionFields = { csv: 'csv', jsonl: 'jsonl', tfrecord: 'tfrecord', parquet: 'parquet', images: 'images' } as const satisfies Partial<Record<SourceFormat, keyof Source>>;

/** @throws DataError for options of another format than the source's files have */
export function checkOptions({ name }: Format, source: Source): void {
  const own = (format: string): boolean => format === name || (format === 'csv' && name === 'images'); // a csv may list them
  const stray = Object.entries(optionFields).find(([format, field]) => !own(format) && source[field] !== undefined);
  if (stray) throw new DataError('data', `the files are ${name}: expected no options for ${stray[0]}; leave "${stray[1]}" out`, { pointer: `/${stray[1]}` });
}

/** The format that all the names' suffixes tell. @throws DataError when they tell none, or several */
export function formatOfNames(names: readonly string[]): Format {
  const known = new Map<Format, string>();
  for (const name of names) known.set(formatOfName(name), name);
  const [first, second] = known;
  if (!first) throw new DataError('data', 'expected at least one file, received none', { pointer: '/uri' });
  if (known.size === 2 && known.has(images) && known.has(csv)) return images; // which the csv lists
  if (second) throw new DataError('data', `expected files of one format, received ${first[1]} (${first[0].name}) and ${second[1]} (${second[0].name}); name one kind, with a glob such as *${second[0].suffixes[0]}`, { pointer: '/uri' });
  return first[0];
}

function formatOfName(name: string): Format {
  const lower = name.toLowerCase().replace(shardNumber, '');
  const format = formats.find(({ suffixes }) => suffixes.some((suffix) => lower.endsWith(suffix)));
  if (format) return format;
  throw new DataError(name, `the name's suffix tells no format; give "format", one of ${listNames(supportedFormats)}, or name the files with a glob`, { pointer: '/format' });
}
