import { isJsonObject, type Json } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import type { Logs } from '../training/trainer.js';
import { Callback, type TrainingControl } from './callback.js';
import { type CallbackDefinition, type CallbackEnvironment, epochNumber, verboseLog } from './callback-definition.js';
import { bestFromJson, bestToJson, type Direction, improves, missingMetric, readDirection, worst } from './monitor.js';

/**
 * Stops when the monitored metric has not improved by more than `min_delta`. Keras 2.0 compares `wait` with `patience` before
 * it counts the epoch, so it stops at the (patience + 1)-th epoch in a row without improvement.
 */
class EarlyStopping extends Callback {
  readonly #monitor: string;
  readonly #minDelta: number;
  readonly #patience: number;
  readonly #direction: Direction;
  #wait = 0;
  readonly #log: (line: string) => void;
  #best: number;
  stoppedEpoch = 0;

  constructor(
    config: ConfigReader,
    private readonly environment: CallbackEnvironment,
  ) {
    super();
    this.#monitor = config.string('monitor', 'val_loss');
    this.#patience = config.integer('patience', { otherwise: 0 });
    this.#direction = readDirection(config, this.#monitor);
    const minDelta = config.number('min_delta', { otherwise: 0 });
    this.#minDelta = this.#direction === 'max' ? minDelta : -minDelta;
    this.#best = worst(this.#direction);
    this.#log = verboseLog(config, environment);
  }

  override onTrainBegin(): void {
    this.#wait = 0;
    this.stoppedEpoch = 0;
    this.#best = worst(this.#direction);
  }

  override onEpochEnd(epoch: number, logs: Logs, control: TrainingControl): void {
    const current = logs[this.#monitor];
    if (current === undefined) {
      this.environment.warn(missingMetric('EarlyStopping', this.#monitor, logs));
      return;
    }
    if (improves(this.#direction, current - this.#minDelta, this.#best)) {
      this.#best = current;
      this.#wait = 0;
      return;
    }
    if (this.#wait >= this.#patience) {
      this.stoppedEpoch = epoch;
      control.stopTraining = true;
    }
    this.#wait++;
  }

  /** Keras says nothing of a stop after its epoch 0. */
  override onTrainEnd(): void {
    if (this.stoppedEpoch > 0) this.#log(`${epochNumber(this.stoppedEpoch)}: early stopping`);
  }

  override state(): Json {
    return { wait: this.#wait, best: bestToJson(this.#best), stopped_epoch: this.stoppedEpoch };
  }

  override restore(state: Json): void {
    if (!isJsonObject(state)) return;
    this.#wait = Number(state['wait'] ?? 0);
    this.#best = bestFromJson(state['best'], this.#direction);
    this.stoppedEpoch = Number(state['stopped_epoch'] ?? 0);
  }
}

export const earlyStopping: CallbackDefinition = {
  className: 'EarlyStopping',
  arguments: ['monitor', 'min_delta', 'patience', 'verbose', 'mode'],
  create: (config, environment) => new EarlyStopping(config, environment),
};
