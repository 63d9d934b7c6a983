import type { JobRequestInput } from '@trainyard/protocol';
import { chaosSource, ROWS } from './chaos-data.js';
import { batchSize, networks, type Network, type NetworkName } from './models.js';

type Callback = NonNullable<JobRequestInput['callbacks']>[number];

/** A training that is broken off and must come to what it comes to undisturbed. */
export interface ResumeCase {
  readonly name: string;
  readonly network: NetworkName;
  readonly optimizer: { readonly class_name: string; readonly config: object };
  /** `fit`: rows in memory; `fit_generator`: rows streamed. */
  readonly data: 'fit' | 'fit_generator';
  readonly epochs: number;
  readonly callbacks: readonly Callback[];
  /** The file of its CSVLogger: a job of the case needs one of its own. */
  readonly csv: boolean;
}

/** Where RemoteMonitor sends to. */
export const monitorPlaceholder = 'http://127.0.0.1:1';

const keras2 = (class_name: string, config: object = {}) => ({ class_name, config: { lr: 0.01, ...config } });
const keras3 = (class_name: string, config: object = {}) => ({ class_name, config: { learning_rate: 0.01, ...config } });
const callback = (class_name: string, config: object = {}): Callback => ({ class_name, config }) as Callback;
const best = callback('ModelCheckpoint', { filepath: 'best.h5', save_best_only: true });
const weights = callback('ModelCheckpoint', { filepath: 'weights-{epoch:03d}.h5', save_weights_only: true, period: 7 });
const csvLogger = callback('CSVLogger', { filename: 'log.csv' });

const table: readonly [NetworkName, ResumeCase['optimizer'], ResumeCase['data'], number, readonly Callback[]][] = [
  // The first ten have every optimizer, callback and network, and both ways of data.
  ['sequential', keras2('SGD', { momentum: 0.9, nesterov: true, decay: 1e-4 }), 'fit', 60, [best, callback('EarlyStopping', { patience: 50 }), callback('History')]],
  ['dropout', keras2('Adam'), 'fit_generator', 60, [csvLogger, callback('ReduceLROnPlateau', { patience: 1, factor: 0.8, cooldown: 1 })]],
  ['batch_normalization', keras2('RMSprop', { decay: 1e-4 }), 'fit', 60, [callback('TensorBoard', { histogram_freq: 5 }), callback('TerminateOnNaN')]],
  ['two_outputs', keras2('Nadam'), 'fit', 60, [weights, callback('LearningRateScheduler', { schedule: { class_name: 'ExponentialDecay', config: { initial_learning_rate: 0.01, decay_steps: 10, decay_rate: 0.9 } } })]],
  ['lstm', keras3('Adagrad'), 'fit', 40, [callback('RemoteMonitor', { root: monitorPlaceholder, send_as_json: true }), callback('BaseLogger')]],
  ['stateful_lstm', keras2('Adamax'), 'fit', 40, [best, csvLogger]],
  ['stateful_lstm', keras2('Adadelta', { lr: 1 }), 'fit_generator', 40, [callback('ReduceLROnPlateau', { patience: 2, factor: 0.5 }), callback('ProgbarLogger')]],
  ['batch_normalization', keras3('AdamW', { amsgrad: true }), 'fit_generator', 60, [callback('EarlyStopping', { monitor: 'loss', patience: 55 }), weights]],
  ['lstm', keras3('RMSprop', { momentum: 0.5, centered: true }), 'fit_generator', 40, [best, callback('LearningRateScheduler', { schedule: [0.01, 0.02, 0.005] })]],
  ['dropout', keras3('Adam', { amsgrad: true, weight_decay: 0.001 }), 'fit', 150, [best]],
  ['two_outputs', keras3('SGD', { momentum: 0.9, clipvalue: 0.5 }), 'fit_generator', 150, [csvLogger]],
  ['sequential', keras3('Nadam'), 'fit_generator', 60, [callback('TensorBoard', { histogram_freq: 10, write_grads: true })]],
  ['sequential', keras3('Adamax', { global_clipnorm: 1 }), 'fit', 60, [weights, csvLogger]],
  ['lstm', keras3('Adadelta', { learning_rate: 1 }), 'fit', 40, [callback('EarlyStopping', { patience: 3 })]],
  ['two_outputs', keras2('Adagrad', { clipnorm: 1 }), 'fit', 60, [callback('ReduceLROnPlateau', { patience: 1 }), best]],
  ['stateful_lstm', keras3('Adam'), 'fit', 40, [callback('TensorBoard'), callback('TerminateOnNaN'), best]],
];

export const resumeCases: readonly ResumeCase[] = table.map(([network, optimizer, data, epochs, callbacks]) => {
  const meaning = 'lr' in optimizer.config ? 'Keras 2' : 'Keras 3';
  return { name: `${network}, ${optimizer.class_name} of ${meaning}, ${data}`, network, optimizer, data, epochs, callbacks, csv: callbacks.includes(csvLogger) };
});

export interface CaseUse {
  /** A name of the project's files. */
  readonly csv: string;
  /** Where its RemoteMonitor sends to. */
  readonly monitor: string;
}

/** The request of a case. */
export function requestOf(resume: ResumeCase, use: CaseUse): JobRequestInput {
  const network: Network = networks[resume.network];
  const source = { ...chaosSource, x: network.x, y: typeof network.y === 'string' ? network.y : [...network.y] };
  const common = { batch_size: batchSize, epochs: resume.epochs, shuffle: network.stateful !== true };
  return {
    name: resume.name,
    seed: 11,
    model: network.model,
    compile: { optimizer: resume.optimizer, loss: network.loss, metrics: ['accuracy'] } as JobRequestInput['compile'],
    ...(resume.data === 'fit'
      ? { data: { train: source }, fit: { ...common, validation_split: 0.2 } }
      : { data: { train: source, validation: source }, fit_generator: { ...common, steps_per_epoch: ROWS / batchSize - 7, validation_steps: 5 } }),
    callbacks: resume.callbacks.map((entry) => withUse(entry, use)),
  };
}

function withUse(entry: Callback, { csv, monitor }: CaseUse): Callback {
  if (entry.class_name === 'CSVLogger') return { ...entry, config: { ...entry.config, filename: csv } };
  if (entry.class_name === 'RemoteMonitor') return { ...entry, config: { ...entry.config, root: monitor } };
  return entry;
}
