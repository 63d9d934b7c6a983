import { z } from 'zod';
import { JsonObject } from '../json.js';
import { plainText } from './text.js';

const monitor = z.string().min(1).default('val_loss');
const mode = z.enum(['auto', 'min', 'max']).default('auto');
const verbose = z.int().min(0).max(2).default(0);
const learningRate = z.number().min(0);

const callback = <N extends string, C extends z.ZodRawShape>(name: N, config: C) =>
  z.strictObject({ class_name: z.literal(name), config: z.strictObject(config).prefault({} as never) });

const ModelCheckpoint = callback('ModelCheckpoint', {
  filepath: plainText(1, 1024).meta({ description: "A Python format string over `epoch` and the epoch's metrics; the last path segment names the checkpoint." }),
  monitor,
  verbose,
  save_best_only: z.boolean().default(false),
  save_weights_only: z.boolean().default(false),
  mode,
  period: z.int().min(1).default(1),
});

const EarlyStopping = callback('EarlyStopping', {
  monitor,
  min_delta: z.number().default(0),
  patience: z.int().min(0).default(0),
  verbose,
  mode,
});

const ReduceLROnPlateau = callback('ReduceLROnPlateau', {
  monitor,
  factor: z.number().gt(0).lt(1).default(0.1),
  patience: z.int().min(0).default(10),
  verbose,
  mode,
  epsilon: z.number().default(1e-4),
  cooldown: z.int().min(0).default(0),
  min_lr: learningRate.default(0),
});

const LearningRateScheduler = callback('LearningRateScheduler', {
  schedule: z.union([
    z.array(learningRate).min(1).max(1_000_000),
    z.strictObject({ class_name: z.string().min(1), config: JsonObject.default({}) }),
  ]).meta({ description: "In Keras a function of the epoch; here its values, one learning rate for each epoch from 0, of which the last one stays, or one of Keras's schedules (`ExponentialDecay`, …) whose steps are epochs." }),
  verbose,
});

const TensorBoard = callback('TensorBoard', {
  log_dir: plainText(1, 1024).default('./logs'),
  histogram_freq: z.int().min(0).default(0),
  batch_size: z.int().min(1).default(32),
  write_graph: z.boolean().default(true),
  write_grads: z.boolean().default(false),
  write_images: z.boolean().default(false),
  embeddings_freq: z.int().min(0).default(0),
  embeddings_layer_names: z.array(z.string()).nullable().default(null),
  embeddings_metadata: z.union([z.string(), z.record(z.string(), z.string())]).nullable().default(null),
});

const CSVLogger = callback('CSVLogger', {
  filename: plainText(1, 1024),
  separator: z.string().min(1).max(8).default(','),
  append: z.boolean().default(false),
});

/** Headers that say how a message is sent, not what it is: they are the sender's to write. */
const ownHeaders = /^(host|connection|content-length|transfer-encoding|upgrade|te|trailer|expect|keep-alive|proxy-.*)$/i;

const RemoteMonitor = callback('RemoteMonitor', {
  root: z.url({ protocol: /^https?$/, error: 'expected an http or https URL' }).max(2048).default('http://localhost:9000'),
  path: plainText(0, 2048).default('/publish/epoch/end/'),
  field: plainText(1, 256).default('data'),
  headers: z
    .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/, 'expected the name of a header').refine((name) => !ownHeaders.test(name), { error: 'expected a header other than those that every request has' }), plainText(0, 4096))
    .nullable()
    .default(null),
  send_as_json: z.boolean().default(false).meta({ description: 'Of Keras 2.1.6: the metrics as a JSON body instead of a form field.' }),
});

const TerminateOnNaN = callback('TerminateOnNaN', {});

// Keras adds these three to every training, and so does Trainyard: naming them changes nothing.
const History = callback('History', {});
const BaseLogger = callback('BaseLogger', {});
const ProgbarLogger = callback('ProgbarLogger', { count_mode: z.enum(['samples', 'steps']).default('samples') });

/** The callbacks of Keras 2.0 that are data, with its arguments and defaults; they run in the order of the list. */
export const Callback = z
  .discriminatedUnion('class_name', [
    ModelCheckpoint,
    EarlyStopping,
    ReduceLROnPlateau,
    LearningRateScheduler,
    TensorBoard,
    CSVLogger,
    RemoteMonitor,
    TerminateOnNaN,
    History,
    BaseLogger,
    ProgbarLogger,
  ])
  .meta({ id: 'Callback' });
export type Callback = z.infer<typeof Callback>;
export type CallbackName = Callback['class_name'];
export const callbackNames: readonly string[] = Callback.options.map((option) => option.shape.class_name.value);
