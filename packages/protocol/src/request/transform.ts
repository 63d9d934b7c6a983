import { z } from 'zod';
import { fillModes, imageFields } from './images.js';

const column = z.string().min(1);
const finite = z.number();
/** What arrays hold. */
export const DType = z.enum(['float32', 'float64', 'int32', 'int64', 'uint8', 'bool']);
export type DType = z.infer<typeof DType>;
const side = z.enum(['pre', 'post']).default('pre');

/** One number for all, or one for each of a row's last axis. */
const numbers = z.union([finite, z.array(finite).min(1).max(100_000)]);

/** Known words, each once: their order is the order of the classes. */
const vocabulary = z
  .array(z.string())
  .min(1)
  .max(100_000)
  .refine((words) => new Set(words).size === words.length, { message: 'expected each word once' });

/** Class numbers, or one of the given class names, to one-hot rows: Keras's `to_categorical`. */
const ToCategorical = z
  .strictObject({
    column,
    num_classes: z.int().min(1).max(1_000_000).optional().meta({ description: 'Where it is left out it is fitted: the largest class number and one, as in Keras.' }),
    classes: z.array(z.string()).min(1).max(100_000).optional().meta({ description: "The names in a text column, in the order of the model's classes." }),
  })
  .refine(({ num_classes, classes }) => num_classes === undefined || classes === undefined || num_classes === classes.length, {
    message: 'expected num_classes, or classes (both only where they agree)',
  });

const bothOrNeither = { message: 'expected both mean and std, or neither: then they are fitted' };

/** `(x − mean) / std`; where neither is given, of each element of the rows' last axis, over all rows. */
const Standardize = z
  .strictObject({ column, mean: numbers.optional(), std: numbers.optional() })
  .refine(({ mean, std }) => (mean === undefined) === (std === undefined), bothOrNeither);

/** Keras's `pad_sequences`: sequences to rows of `maxlen` elements. */
const PadSequences = z.strictObject({
  column,
  maxlen: z.int().min(1).max(10_000_000).optional().meta({ description: 'Where it is left out it is fitted: the length of the longest sequence.' }),
  dtype: DType.optional().meta({ description: 'int32 by default, as in Keras; sequences of other numbers than integers need it.' }),
  padding: side,
  truncating: side,
  value: finite.default(0),
});

/** Words to one-hot rows. */
const OneHot = z.strictObject({
  column,
  vocabulary: vocabulary.optional().meta({ description: 'Where it is left out it is fitted: the words of all rows, sorted.' }),
  unknown: z.enum(['error', 'zeros']).default('error'),
});

/** Words to class numbers: 0, 1, … in the vocabulary's order; with `unknown: "zero"` unknown words are 0, the known 1, 2, … */
const Index = z.strictObject({
  column,
  vocabulary: vocabulary.optional(),
  unknown: z.enum(['error', 'zero']).default('error'),
});

/** Keras's `Tokenizer`: texts to sequences of word numbers or, with a `mode`, to rows of `texts_to_matrix`. */
const Tokenize = z.strictObject({
  column,
  num_words: z.int().min(2).max(10_000_000).optional().meta({ description: 'Only the `num_words` - 1 most frequent words are kept.' }),
  filters: z.string().max(10_000).default('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'),
  lower: z.boolean().default(true),
  split: z.string().min(1).max(100).default(' '),
  char_level: z.boolean().default(false),
  oov_token: z.string().min(1).optional().meta({ description: 'What words are taken for that are not kept, as in Keras from 2.2 on; it has the number 1.' }),
  mode: z.enum(['binary', 'count', 'freq', 'tfidf']).optional(),
  word_index: z.union([z.record(z.string(), z.int().min(1).max(100_000_000)), z.array(z.string()).min(1).max(2_000_000)]).optional().meta({ description: "A Tokenizer's `word_index`, or the words 1, 2, … in their order; where it is left out it is fitted." }),
  document_count: z.int().min(1).optional().meta({ description: 'With `word_index`, for `mode: "tfidf"`: how many texts there were, and in how many of them the words 1, 2, … came.' }),
  index_docs: z.array(z.int().min(0)).max(2_000_000).optional(),
});

/** Bytes of JPEG or PNG files to images. */
const DecodeImage = z.strictObject({ column, ...imageFields });

const range = finite.min(0).default(0);
const ofChannels = numbers.optional().meta({ description: 'Of each channel, for the featurewise ones; fitted where they are left out.' });

/** Keras 2.0.8's `ImageDataGenerator`: each image changed at random, then normalized. */
const ImageDataGenerator = z
  .strictObject({
    column,
    featurewise_center: z.boolean().default(false),
    samplewise_center: z.boolean().default(false),
    featurewise_std_normalization: z.boolean().default(false),
    samplewise_std_normalization: z.boolean().default(false),
    zca_whitening: z.literal(false, { error: 'zca_whitening is not supported; expected false' }).default(false),
    rotation_range: range.meta({ description: 'Degrees.' }),
    width_shift_range: range.meta({ description: 'Of the whole width.' }),
    height_shift_range: range.meta({ description: 'Of the whole height.' }),
    shear_range: range.meta({ description: 'Radians.' }),
    zoom_range: z.union([finite.min(0).max(1), z.tuple([finite.positive(), finite.positive()])]).default(0),
    channel_shift_range: range,
    fill_mode: z.enum(fillModes).default('nearest'),
    cval: finite.default(0),
    horizontal_flip: z.boolean().default(false),
    vertical_flip: z.boolean().default(false),
    rescale: finite.nullable().default(null),
    data_format: z.enum(['channels_last', 'channels_first']).default('channels_last'),
    mean: ofChannels,
    std: ofChannels,
  })
  .refine(({ zoom_range }) => typeof zoom_range === 'number' || zoom_range[0] <= zoom_range[1], { message: 'expected the lower zoom first', path: ['zoom_range'] });

/** Which columns x is made of where the source does not name them: names, or patterns with `*`. */
const Select = z
  .strictObject({ columns: z.array(column).min(1).max(100_000).optional(), except: z.array(column).min(1).max(100_000).optional() })
  .refine(({ columns, except }) => columns !== undefined || except !== undefined, { message: 'expected columns or except' });

/** Leaves out rows of which any of these holds. */
const DropRows = z
  .strictObject({
    column,
    missing: z.literal(true).optional().meta({ description: 'There is no value, or NaN.' }),
    equals: z.union([finite, z.string(), z.array(finite).min(1), z.array(z.string()).min(1)]).optional(),
    below: finite.optional(),
    above: finite.optional(),
  })
  .refine(({ missing, equals, below, above }) => [missing, equals, below, above].some((given) => given !== undefined), { message: 'expected missing, equals, below or above' });

/** Keeps the rows whose hash, a number in [0, 1), lies in [from, to): sources of other intervals are other rows of the same data. */
const Split = z
  .strictObject({
    column: column.optional().meta({ description: "Rows of one value stay together. The shard's name and the row's number where it is left out." }),
    from: finite.min(0).max(1).default(0),
    to: finite.min(0).max(1).default(1),
    seed: z.int().min(0).max(0xffff_ffff).default(0),
  })
  .refine(({ from, to }) => from < to, { message: 'expected from to be less than to' });

/** One change of one column or of the rows, made in the order of the list before rows are batched. */
export const Transform = z.union([
  z.strictObject({ to_categorical: ToCategorical }),
  /** `x · scale + offset` */
  z.strictObject({ rescale: z.strictObject({ column, scale: finite, offset: finite.default(0) }) }),
  z.strictObject({ standardize: Standardize }),
  z.strictObject({ cast: z.strictObject({ column, dtype: DType }) }),
  /** The shape of one row, without the batch axis; `-1` once for what remains. */
  z.strictObject({ reshape: z.strictObject({ column, shape: z.array(z.int().min(-1)).max(8) }) }),
  /** A value for rows that have none, and for NaN. */
  z.strictObject({ fill: z.strictObject({ column, value: z.union([finite, z.string()]) }) }),
  z.strictObject({ pad_sequences: PadSequences }),
  z.strictObject({ one_hot: OneHot }),
  z.strictObject({ index: Index }),
  z.strictObject({ tokenize: Tokenize }),
  z.strictObject({ decode_image: DecodeImage }),
  z.strictObject({ image_data_generator: ImageDataGenerator }),
  z.strictObject({ select: Select }),
  z.strictObject({ drop_rows: DropRows }),
  z.strictObject({ split: Split }),
]);
export type Transform = z.infer<typeof Transform>;

/** The arguments of one kind of transform: `TransformOf<'tokenize'>`. */
export type TransformOf<K extends TransformName> = Extract<Transform, Record<K, unknown>>[K];
export type TransformName = Transform extends infer T ? (T extends T ? keyof T : never) : never;

/** What was learnt from the data that a model is trained on: JSON that is kept with the job, for validation and prediction. */
export const Fitted = z.strictObject({
  transforms: z.array(z.strictObject({ given: Transform, fitted: Transform })).meta({ description: 'Transforms as they were given, and with the arguments that they lacked.' }),
  classes: z.array(z.string()).optional().meta({ description: "Of images in folders: the folders' names in the order of the classes." }),
});
export type Fitted = z.infer<typeof Fitted>;
