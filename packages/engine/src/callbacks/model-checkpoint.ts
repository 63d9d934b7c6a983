import { FormatError, isJsonObject, type Json } from '@trainyard/keras-format';

import type { ConfigReader } from '../config/config-reader.js';
import type { Logs } from '../training/trainer.js';
import { Callback, type TrainingControl } from './callback.js';
import { type CallbackDefinition, type CallbackEnvironment, type CheckpointRequest, epochNumber, verboseLog } from './callback-definition.js';
import { formatTemplate, MissingValueError } from './format-template.js';
import { bestFromJson, bestToJson, type Direction, improves, missingMetric, readDirection, worst } from './monitor.js';
import { pythonFixed } from './python-number.js';

/** Saves the model every `period` epochs, or when the monitored metric improves. `{epoch}` counts from 0 (Keras 2.0). */
class ModelCheckpoint extends Callback {
  readonly #filepath: string;
  readonly #monitor: string;
  readonly #bestOnly: boolean;
  readonly #kind: 'model' | 'weights';
  readonly #period: number;
  readonly #direction: Direction;
  readonly #log: (line: string) => void;
  #best: number;
  #sinceLast = 0;

  constructor(
    private readonly config: ConfigReader,
    private readonly environment: CallbackEnvironment,
  ) {
    super();
    this.#filepath = config.string('filepath');
    this.#monitor = config.string('monitor', 'val_loss');
    this.#bestOnly = config.boolean('save_best_only', false);
    this.#kind = config.boolean('save_weights_only', false) ? 'weights' : 'model';
    this.#period = config.integer('period', { min: 1, otherwise: 1 });
    this.#direction = readDirection(config, this.#monitor, ['fmeasure']);
    this.#best = worst(this.#direction);
    this.#log = verboseLog(config, environment);
  }

  override async onEpochEnd(epoch: number, logs: Logs, control: TrainingControl): Promise<void> {
    this.#sinceLast++;
    if (this.#sinceLast < this.#period) return;
    const filepath = this.#name(epoch, logs, control);
    if (filepath === undefined) return;
    this.#sinceLast = 0;
    const request = { filepath, kind: this.#kind, epoch, logs };
    if (this.#bestOnly) {
      await this.#saveIfBetter(request);
      return;
    }
    this.#log(`${epochNumber(epoch)}: saving model to ${request.filepath}`);
    await this.environment.saveCheckpoint(request);
  }

  async #saveIfBetter(request: CheckpointRequest): Promise<void> {
    const { epoch, logs, filepath } = request;
    const monitor = this.#monitor;
    const current = logs[monitor];
    if (current === undefined) {
      this.environment.warn(missingMetric('ModelCheckpoint', monitor, logs));
      return;
    }
    if (!improves(this.#direction, current, this.#best)) {
      this.#log(`${epochNumber(epoch)}: ${monitor} did not improve`);
      return;
    }
    this.#log(`${epochNumber(epoch)}: ${monitor} improved from ${pythonFixed(this.#best, 5)} to ${pythonFixed(current, 5)}, saving model to ${filepath}`);
    this.#best = current;
    await this.environment.saveCheckpoint({ ...request, best: { monitor, value: current } });
  }

  /** @returns undefined where the template names what an epoch that was broken off does not have: its validation. */
  #name(epoch: number, logs: Logs, control: TrainingControl): string | undefined {
    try {
      return formatTemplate(this.#filepath, { epoch, ...logs });
    } catch (error) {
      if (error instanceof MissingValueError && control.stopTraining) {
        this.environment.warn(`ModelCheckpoint: nothing is saved of epoch ${epoch}, within which training was stopped: ${error.message}`);
        return undefined;
      }
      throw new FormatError('invalid_config', this.config.at('filepath'), (error as Error).message, { cause: error });
    }
  }

  override state(): Json {
    return { best: bestToJson(this.#best), epochs_since_last_save: this.#sinceLast };
  }

  override restore(state: Json): void {
    if (!isJsonObject(state)) return;
    this.#best = bestFromJson(state['best'], this.#direction);
    this.#sinceLast = Number(state['epochs_since_last_save'] ?? 0);
  }
}

export const modelCheckpoint: CallbackDefinition = {
  className: 'ModelCheckpoint',
  arguments: ['filepath', 'monitor', 'verbose', 'save_best_only', 'save_weights_only', 'mode', 'period'],
  create: (config, environment) => new ModelCheckpoint(config, environment),
};
