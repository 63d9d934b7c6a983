import type { ConfigReader } from '../config/config-reader.js';
import { Callback, type TrainingControl } from './callback.js';
import type { CallbackDefinition } from './callback-definition.js';
import { readSchedule, type Schedule } from './schedule.js';

/** Sets the learning rate at the beginning of each epoch. */
class LearningRateScheduler extends Callback {
  readonly #schedule: Schedule;

  constructor(config: ConfigReader) {
    super();
    this.#schedule = readSchedule(config, 'schedule');
  }

  override onEpochBegin(epoch: number, control: TrainingControl): void {
    // The rate lives in a float32 variable in Keras.
    control.lr = Math.fround(this.#schedule(epoch));
  }
}

export const learningRateScheduler: CallbackDefinition = {
  className: 'LearningRateScheduler',
  arguments: ['schedule', 'verbose'],
  create: (config) => new LearningRateScheduler(config),
};
