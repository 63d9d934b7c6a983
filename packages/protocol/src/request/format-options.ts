import { z } from 'zod';

const column = z.string().min(1);
const names = z.array(z.string().min(1).max(1024)).min(1).max(100_000);
const oneCharacter = z.string().regex(/^[^\r\n]$/u, 'expected one character');

/** What a column of text is parsed to. */
export const TextColumnDType = z.enum(['text', 'float32', 'float64', 'int32', 'int64', 'uint8', 'bool']);
export type TextColumnDType = z.infer<typeof TextColumnDType>;

/** How a csv is read, by the names that pandas has for it where it has one. */
export const CsvOptions = z
  .strictObject({
    header: z.boolean().optional().meta({ description: 'Whether the first line names the columns. `true`, unless `columns` are given.' }),
    columns: names.optional().meta({ description: "The columns' names, in their order: of a file without a header, or in place of it." }),
    delimiter: oneCharacter.optional().meta({ description: 'A comma; a tab in files named `.tsv`.' }),
    quote: oneCharacter.nullable().default('"').meta({ description: 'What stands around fields that hold delimiters or line ends; `null`: nothing does.' }),
    dtypes: z.record(column, TextColumnDType).default({}).meta({ description: 'What columns are, which is else told by the first rows: numbers (float32 in the end), words, or true and false.' }),
    na_values: z.array(z.string().max(256)).max(1000).default([]).meta({ description: 'Further words that stand for a missing value.' }),
    skip_rows: z.int().min(0).max(1_000_000).default(0).meta({ description: 'Lines before the header, or before the first row, that are not looked at.' }),
    comment: oneCharacter.optional().meta({ description: 'Lines that begin with this are left out.' }),
    decimal: z.enum(['.', ',']).default('.').meta({ description: 'The decimal mark of numbers.' }),
    encoding: z.enum(['utf-8', 'latin-1']).default('utf-8'),
  })
  .refine(({ delimiter, quote, comment }) => new Set([delimiter, quote, comment].filter((mark) => typeof mark === 'string')).size === [delimiter, quote, comment].filter((mark) => typeof mark === 'string').length, {
    message: 'expected different characters for delimiter, quote and comment',
  })
  .refine(({ columns }) => columns === undefined || new Set(columns).size === columns.length, { path: ['columns'], message: 'expected columns of different names' });
export type CsvOptions = z.infer<typeof CsvOptions>;

/** How lines of JSON are read. */
export const JsonlOptions = z.strictObject({
  dtypes: z.record(column, TextColumnDType).default({}).meta({ description: 'What fields are, which is else told by the first lines; of lists, what their elements are.' }),
  sequences: z.array(column).max(10_000).default([]).meta({ description: 'Fields whose lists may have any length, also where those of the first lines are equally long.' }),
});
export type JsonlOptions = z.infer<typeof JsonlOptions>;

/** What one feature of tf.train.Examples is, where the first records do not tell. */
const TfrecordFeature = z
  .strictObject({
    shape: z.array(z.int().min(1)).max(8).optional().meta({ description: "TensorFlow's FixedLenFeature: the shape of one row." }),
    sequence: z.literal(true).optional().meta({ description: "TensorFlow's VarLenFeature: as many values as each record happens to have." }),
    dtype: z.enum(['text', 'bytes']).optional().meta({ description: 'Of bytes: UTF-8 text, or bytes such as those of a JPEG.' }),
    decode_raw: z.enum(['float32', 'float64', 'int32', 'int64', 'uint8', 'bool']).optional().meta({ description: "TensorFlow's decode_raw: the bytes are numbers of this dtype, little-endian." }),
  })
  .refine(({ shape, sequence }) => shape === undefined || sequence === undefined, { message: 'expected a shape or sequence, not both' });
export type TfrecordFeature = z.infer<typeof TfrecordFeature>;

/** How TFRecord files are read. */
export const TfrecordOptions = z.strictObject({
  compression: z.enum(['none', 'gzip', 'zlib']).optional().meta({ description: "Known from the file's first bytes where it is left out." }),
  features: z.record(column, TfrecordFeature).default({}),
});
export type TfrecordOptions = z.infer<typeof TfrecordOptions>;

/** How parquet files are read. */
export const ParquetOptions = z.strictObject({
  sequences: z.array(column).max(10_000).default([]).meta({ description: 'Columns whose lists may have any length, also where those of the first row group are equally long.' }),
});
export type ParquetOptions = z.infer<typeof ParquetOptions>;
