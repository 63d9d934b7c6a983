import type { JobRequestInput } from '@trainyard/protocol';
import { chaosSource } from './chaos-data.js';
import { batchSize, networks } from './models.js';

/** A job so long that its plan is measured before step 0. Of each number of epochs the first one is; later ones remember. */
export const measuredJob = (epochs: number): JobRequestInput => {
  const { model, x, y, loss } = networks.lstm;
  return { name: `${epochs} epochs, plan measured`, seed: 11, model, compile: { optimizer: 'rmsprop', loss }, data: { train: { ...chaosSource, x, y } }, fit: { batch_size: batchSize, epochs, verbose: 0 } };
};
