import { z } from 'zod';
import { CsvOptions } from '../request/format-options.js';
import { ImageOptions } from '../request/images.js';
import { SourceFormat } from '../request/source.js';
import { DType, Transform } from '../request/transform.js';

const shape = z.array(z.int().min(0)).readonly();

/** What a column of a source's files holds in each row. */
export const ColumnType = z.discriminatedUnion('kind', [
  /** Numbers, as many in each row. */
  z.strictObject({
    kind: z.literal('numbers'),
    dtype: DType,
    /** Of one row. */
    shape,
    /** Parsed from text at full precision: becomes float32 in the end, unless a transform says otherwise. */
    parsed: z.boolean(),
  }),
  /** Numbers, in each row as many as it happens to have. */
  z.strictObject({
    kind: z.literal('sequences'),
    dtype: DType,
    /** Of one element of a sequence: `[]` for numbers, `[3]` for vectors. */
    shape,
    parsed: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('text') }),
  /** Opaque bytes, such as those of a JPEG. */
  z.strictObject({ kind: z.literal('bytes') }),
]);
export type ColumnType = z.infer<typeof ColumnType>;

/** A column that inputs are made of, as training reads it. */
const InputColumn = z.strictObject({
  name: z.string(),
  /** Of text also where words were asked for and the files have numbers. */
  type: ColumnType,
  /** `mark`: `NA` and its like are no words, for transforms deal with rows that have no value. */
  missing: z.enum(['error', 'mark']),
});
export type InputColumn = z.infer<typeof InputColumn>;

/**
 * How rows of a source become a model's inputs, without the files: what predictions of raw rows go by. Types are as the
 * first file told them, for one row alone does not.
 */
export const InputRecipe = z.strictObject({
  format: SourceFormat,
  /** The source's, of files of that format. */
  csv: CsvOptions.optional(),
  images: ImageOptions.optional(),
  /** All columns of the files, in their order. */
  names: z.array(z.string()),
  /** Those that inputs are made of. */
  columns: z.array(InputColumn),
  /** The model's inputs in its order, with the columns that each is made of, side by side. */
  inputs: z.array(z.strictObject({ name: z.string(), columns: z.array(z.string()).min(1) })),
  /** The source's transforms that change inputs, as they were given; those that leave out rows are not among them. */
  transforms: z.array(Transform),
});
export type InputRecipe = z.infer<typeof InputRecipe>;
