import { z } from 'zod';
import { CsvOptions, JsonlOptions, ParquetOptions, TfrecordOptions } from './format-options.js';
import { ImageOptions } from './images.js';
import { Transform } from './transform.js';

export const sourceFormats = ['npz', 'npy', 'csv', 'jsonl', 'h5', 'tfrecord', 'images', 'parquet'] as const;
export const SourceFormat = z.enum(sourceFormats);
export type SourceFormat = z.infer<typeof SourceFormat>;

const uri = z
  .string()
  .max(2048)
  .regex(/^(files\/.+|s3:\/\/[^/]+\/.+)$/s, 'expected "files/<path>" or "s3://<bucket>/<key>"');

/** An array, column or feature; several are put side by side in the given order. */
const Columns = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);

/** Which arrays feed which inputs (or outputs): of the only one, a list in the model's order, or by name. */
const Binding = z.union([z.string().min(1), z.array(z.string().min(1)).min(1), z.record(z.string(), Columns)]);

/** Where rows come from, and how their columns map to a model's inputs and outputs. */
export const Source = z
  .strictObject({
    uri: z.union([uri, z.array(uri).min(1).max(10_000)]).meta({ description: 'A key, a prefix (ending in `/`) or a glob, or a list of them.' }),
    format: SourceFormat.optional().meta({ description: 'Known from the suffix where it is left out.' }),
    csv: CsvOptions.optional().meta({ description: 'How files of the format are read: each for files of its own format only.' }),
    jsonl: JsonlOptions.optional(),
    tfrecord: TfrecordOptions.optional(),
    parquet: ParquetOptions.optional(),
    x: Binding.optional(),
    y: Binding.optional(),
    sample_weight: z.union([z.string().min(1), z.record(z.string(), z.string().min(1))]).optional(),
    transforms: z.array(Transform).max(100).default([]),
    images: ImageOptions.optional().meta({ description: 'Of the format `images`.' }),
  })
  .meta({ id: 'Source' });
export type Source = z.infer<typeof Source>;
