import type { JobRequestInput } from '@trainyard/protocol';
import { chaosSource, ROWS } from './chaos-data.js';
import { batchSize, networks } from './models.js';

const { model, x, y, loss } = networks.dropout;
const source = { ...chaosSource, x, y };
const common = { seed: 11, model, compile: { optimizer: { class_name: 'Adam', config: { lr: 0.001 } }, loss, metrics: ['accuracy'] } } satisfies Partial<JobRequestInput>;

/** A network with dropout on data in memory, epochs of 30 steps. */
export const plainJob = (epochs: number): JobRequestInput => ({ ...common, name: `${epochs} epochs`, data: { train: source }, fit: { batch_size: batchSize, epochs, verbose: 0 } });

/** The same with few epochs that are long: how far it is within one matters. Data are streamed. */
export const longEpochsJob = (epochs: number, stepsPerEpoch: number): JobRequestInput => ({
  ...common,
  name: `${epochs} epochs of ${stepsPerEpoch} steps`,
  data: { train: source },
  fit_generator: { batch_size: batchSize, epochs, steps_per_epoch: stepsPerEpoch, verbose: 0 },
});

export const stepsPerEpoch = ROWS / batchSize;
