import { isJsonObject, type Json } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import type { Logs } from '../training/trainer.js';
import { Callback, type TrainingControl } from './callback.js';
import { type CallbackDefinition, type CallbackEnvironment, epochNumber, verboseLog } from './callback-definition.js';
import { bestFromJson, bestToJson, type Direction, missingMetric, readDirection, worst } from './monitor.js';
import { pythonFloat } from './python-number.js';

/**
 * Multiplies the learning rate with `factor` when the monitored metric has stopped improving by more than `epsilon`, and
 * adds the rate to the logs as `lr`. As in EarlyStopping, Keras 2.0 tests `wait` before it counts; `wait` is set to 0 and
 * then counted in the epoch of a cut, so that later cuts come every max(1, patience) epochs.
 */
class ReduceLROnPlateau extends Callback {
  readonly #monitor: string;
  readonly #factor: number;
  readonly #patience: number;
  readonly #epsilon: number;
  readonly #cooldown: number;
  readonly #minLr: number;
  readonly #direction: Direction;
  readonly #log: (line: string) => void;
  #best: number;
  #wait = 0;
  #cooling = 0;

  constructor(
    config: ConfigReader,
    private readonly environment: CallbackEnvironment,
  ) {
    super();
    this.#monitor = config.string('monitor', 'val_loss');
    this.#factor = config.number('factor', { otherwise: 0.1 });
    if (this.#factor >= 1) throw config.refuse('factor', 'a number below 1');
    this.#patience = config.integer('patience', { otherwise: 10 });
    this.#epsilon = config.number(config.has('min_delta') ? 'min_delta' : 'epsilon', { otherwise: 1e-4 });
    this.#cooldown = config.integer('cooldown', { min: 0, otherwise: 0 });
    this.#minLr = config.number('min_lr', { min: 0, otherwise: 0 });
    this.#direction = readDirection(config, this.#monitor);
    this.#best = worst(this.#direction);
    this.#log = verboseLog(config, environment);
  }

  override onTrainBegin(): void {
    this.#best = worst(this.#direction);
    this.#wait = 0;
    this.#cooling = 0;
  }

  override onEpochEnd(epoch: number, logs: Logs, control: TrainingControl): void {
    logs['lr'] = control.lr;
    const current = logs[this.#monitor];
    if (current === undefined) {
      this.environment.warn(missingMetric('ReduceLROnPlateau', this.#monitor, logs));
      return;
    }
    if (this.#cooling > 0) {
      this.#cooling--;
      this.#wait = 0;
    }
    const improved = this.#direction === 'min' ? current < this.#best - this.#epsilon : current > this.#best + this.#epsilon;
    if (improved) {
      this.#best = current;
      this.#wait = 0;
    } else if (this.#cooling === 0) {
      if (this.#wait >= this.#patience) this.#cut(epoch, control);
      this.#wait++;
    }
  }

  #cut(epoch: number, control: TrainingControl): void {
    if (control.lr <= this.#minLr + this.#minLr * 1e-4) return;
    const rate = Math.max(control.lr * this.#factor, this.#minLr);
    // The rate lives in a float32 variable in Keras, which prints it as it was before that.
    control.lr = Math.fround(rate);
    this.#log(`${epochNumber(epoch)}: reducing learning rate to ${pythonFloat(rate)}.`);
    this.#cooling = this.#cooldown;
    this.#wait = 0;
  }

  override state(): Json {
    return { wait: this.#wait, best: bestToJson(this.#best), cooldown_counter: this.#cooling };
  }

  override restore(state: Json): void {
    if (!isJsonObject(state)) return;
    this.#wait = Number(state['wait'] ?? 0);
    this.#best = bestFromJson(state['best'], this.#direction);
    this.#cooling = Number(state['cooldown_counter'] ?? 0);
  }
}

export const reduceLrOnPlateau: CallbackDefinition = {
  className: 'ReduceLROnPlateau',
  arguments: ['monitor', 'factor', 'patience', 'verbose', 'mode', 'epsilon', 'min_delta', 'cooldown', 'min_lr'],
  create: (config, environment) => new ReduceLROnPlateau(config, environment),
};
