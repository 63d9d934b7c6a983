import { FormatError, isKeras1, type ModelFile, type NamedArray, readOptimizerState, toKeras2Trainable, withoutPlaceholders } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';

import type { Optimizer } from '../optimizers/optimizer.js';
import type { Trainer } from '../training/trainer.js';

/**
 * Puts an optimizer's state from a file into a trainer that was compiled with the file's optimizer.
 * @throws FormatError where the file has another number of slots, or another learning rate than a number.
 */
export async function restoreOptimizer(trainer: Trainer, file: ModelFile): Promise<void> {
  const { optimizer } = trainer.compiled;
  trainer.iterations = 0;
  trainer.schedule = 1;
  if (optimizer.meaning === 'keras3') return restoreKeras3(trainer, file);
  trainer.lr = savedRate(file, 'lr') ?? savedRate(file, 'learning_rate') ?? trainer.lr;
  const slots = [...file.optimizerWeights];
  if (slots.length === 0) return;
  // Keras 2.3 saves every optimizer's iterations, and Nadam's product of momenta.
  if (optimizer.savesIterations || /(^|\/)iterations:0$/.test(slots[0]?.name ?? '')) trainer.iterations = takeNumber(slots);
  if (optimizer.advance && slots[0]?.array.shape.length === 0) trainer.schedule = takeNumber(slots);
  const arrays = slots.map(({ array }): NdArray => array);
  await trainer.setSlots(isKeras1(file.kerasVersion) ? await fromKeras1(trainer, file, slots) : withoutPlaceholders(arrays, optimizer));
}

function takeNumber(slots: NamedArray[]): number {
  return Number(slots.shift()?.array.data[0] ?? 0);
}

/** Keras 1 keeps a slot for each of its own weights, which are more than Keras 2's and in part of other shapes. */
async function fromKeras1(trainer: Trainer, file: ModelFile, slots: readonly NamedArray[]): Promise<NdArray[]> {
  const { model, optimizer } = trainer.compiled;
  const each = slots.length / Math.max(1, optimizer.slotNames.length);
  const groups = optimizer.slotNames.map((_, i) => toKeras2Trainable(model.description, slots.slice(i * each, (i + 1) * each), file) ?? []);
  const arrays = groups.flat().map(({ array }) => array);
  const expected = await trainer.getSlots();
  const misfit = expected.find(({ shape }, i) => shape.join() !== arrays[i]?.shape.join());
  if (misfit || arrays.length !== expected.length)
    throw new FormatError('optimizer_weights', 'optimizer_weights', `expected the state of ${optimizer.className} for the model's trainable weights, received ${slots.length} arrays that do not correspond to them`);
  return arrays;
}

async function restoreKeras3(trainer: Trainer, file: ModelFile): Promise<void> {
  const { optimizer } = trainer.compiled;
  trainer.lr = savedRate(file, 'learning_rate') ?? trainer.lr;
  const state = readOptimizerState(file);
  if (!state) return;
  trainer.lr = state.learningRate ?? trainer.lr;
  trainer.iterations = state.iterations ?? 0;
  trainer.schedule = scheduleAfter(optimizer, trainer.iterations);
  const expected = (await trainer.getSlots()).length;
  if (state.slots.length !== expected)
    throw new FormatError('optimizer_weights', 'optimizer_weights', `expected ${expected} arrays of ${optimizer.className}, received ${state.slots.length}`);
  await trainer.setSlots(state.slots);
}

/** What the optimizer hands from update to update, after so many. */
function scheduleAfter(optimizer: Optimizer, iterations: number): number {
  let schedule = 1;
  for (let i = 0; optimizer.advance && i < iterations && schedule > 0; i++) schedule = optimizer.advance(schedule, i);
  return schedule;
}

function savedRate({ trainingConfig }: ModelFile, name: 'lr' | 'learning_rate'): number | undefined {
  const rate = trainingConfig?.optimizer_config.config[name];
  if (rate !== undefined && rate !== null && typeof rate !== 'number') throw new FormatError('invalid_config', `training_config/optimizer_config/config/${name}`, 'expected a number');
  return rate ?? undefined;
}
