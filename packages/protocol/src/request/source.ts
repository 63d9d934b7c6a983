import { z } from 'zod';

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

const column = z.string().min(1);
const finite = z.number();

/** One number for all, or one for each of a row's last axis. */
const numbers = z.union([finite, z.array(finite).min(1)]);

/** One change of one column, made in the order of the list before rows are batched. */
export const Transform = z.union([
  z.strictObject({
    /** Class numbers, or one of the given class names, to one-hot rows: Keras's `to_categorical`. */
    to_categorical: z
      .strictObject({
        column,
        num_classes: z.int().min(1).max(1_000_000).optional(),
        /** The names in a text column, in the order of the model's classes. */
        classes: z.array(z.string()).min(1).max(100_000).optional(),
      })
      .refine(({ num_classes, classes }) => (num_classes ?? classes?.length) === (classes?.length ?? num_classes) && (num_classes ?? classes) !== undefined, {
        message: 'expected num_classes, or classes (both only where they agree)',
      }),
  }),
  z.strictObject({
    /** `x · scale + offset` */
    rescale: z.strictObject({ column, scale: finite, offset: finite.default(0) }),
  }),
  z.strictObject({
    /** `(x − mean) / std` */
    standardize: z.strictObject({ column, mean: numbers, std: numbers }),
  }),
  z.strictObject({
    cast: z.strictObject({ column, dtype: z.enum(['float32', 'float64', 'int32', 'int64', 'uint8', 'bool']) }),
  }),
  z.strictObject({
    /** The shape of one row, without the batch axis; `-1` once for what remains. */
    reshape: z.strictObject({ column, shape: z.array(z.int().min(-1)).max(8) }),
  }),
]);
export type Transform = z.infer<typeof Transform>;

/** Where rows come from, and how their columns map to a model's inputs and outputs. */
export const Source = z
  .strictObject({
    /** A key, a prefix (ending in `/`) or a glob, or a list of them. */
    uri: z.union([uri, z.array(uri).min(1).max(10_000)]),
    /** Known from the suffix where it is left out. */
    format: SourceFormat.optional(),
    x: Binding.optional(),
    y: Binding.optional(),
    sample_weight: z.union([z.string().min(1), z.record(z.string(), z.string().min(1))]).optional(),
    transforms: z.array(Transform).max(100).default([]),
  })
  .meta({ id: 'Source' });
export type Source = z.infer<typeof Source>;
