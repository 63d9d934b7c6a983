import { z } from 'zod';

/** What lies outside of an image that is moved: `aaaa|abcd|dddd`, `kkkk|abcd|kkkk`, `abcddcba|abcd|dcbaabcd`, `abcdabcd|abcd|abcdabcd`. */
export const fillModes = ['nearest', 'constant', 'reflect', 'wrap'] as const;
export type FillMode = (typeof fillModes)[number];

/** Pillow's names of them. */
export const interpolations = ['nearest', 'bilinear', 'bicubic', 'lanczos', 'box', 'hamming'] as const;
export type Interpolation = (typeof interpolations)[number];

/** How the files of images become arrays, by the names of Keras's `flow_from_directory`. */
export const imageFields = {
  target_size: z.tuple([z.int().min(1).max(8192), z.int().min(1).max(8192)]).default([256, 256]).meta({ description: 'Height and width.' }),
  color_mode: z.enum(['rgb', 'grayscale']).default('rgb'),
  interpolation: z.enum(interpolations).default('nearest'),
  data_format: z.enum(['channels_last', 'channels_first']).default('channels_last'),
};

/** The options of sources of the format `images`. */
export const ImageOptions = z.strictObject({
  ...imageFields,
  classes: z.array(z.string().min(1)).min(1).max(100_000).optional().meta({ description: "The folders' names, or the labels of the csv, in the order of the classes. Sorted by default." }),
  class_mode: z.enum(['categorical', 'binary', 'sparse']).nullable().default('categorical').meta({ description: 'What `y` is: one-hot rows; 0 and 1; class numbers; none.' }),
  x_col: z.string().min(1).default('filename').meta({ description: 'Of a csv that lies among the files: its columns of paths, as seen from where it lies, and of labels.' }),
  y_col: z.string().min(1).default('class'),
});
export type ImageOptions = z.infer<typeof ImageOptions>;
