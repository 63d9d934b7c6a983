import type { ConfigReader } from '../config/config-reader.js';
import { Callback, type TrainingControl } from './callback.js';
import { type CallbackDefinition, type CallbackEnvironment, epochNumber, verboseLog } from './callback-definition.js';
import { pythonFloat } from './python-number.js';
import { readSchedule, type Schedule } from './schedule.js';

/** Sets the learning rate at the beginning of each epoch. */
class LearningRateScheduler extends Callback {
  readonly #schedule: Schedule;
  readonly #log: (line: string) => void;

  constructor(config: ConfigReader, environment: CallbackEnvironment) {
    super();
    this.#schedule = readSchedule(config, 'schedule');
    this.#log = verboseLog(config, environment);
  }

  override onEpochBegin(epoch: number, control: TrainingControl): void {
    const rate = this.#schedule(epoch);
    // The rate lives in a float32 variable in Keras.
    control.lr = Math.fround(rate);
    // 2.0 has no verbose here; this is what Keras 2.3 prints, which counts epochs from 1.
    this.#log(`${epochNumber(epoch + 1)}: LearningRateScheduler setting learning rate to ${pythonFloat(rate)}.`);
  }
}

export const learningRateScheduler: CallbackDefinition = {
  className: 'LearningRateScheduler',
  arguments: ['schedule', 'verbose'],
  create: (config, environment) => new LearningRateScheduler(config, environment),
};
