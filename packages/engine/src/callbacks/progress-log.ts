import type { Logs } from '../training/trainer.js';
import { Callback, type TrainingControl, type TrainingParams } from './callback.js';
import { pythonExponential, pythonFixed } from './python-number.js';

/** Width of the bar, in characters. */
const BAR = 30;

/**
 * What Keras 2.0.8's progress bar leaves on a terminal: `Epoch 3/10` when an epoch begins and, when it ends, with verbose 2
 * `0s - loss: 0.3100 - acc: 0.8800 - val_loss: …`, with verbose 1 a full bar before it. Samples are counted in `fit`,
 * batches in `fit_generator`. Keras lists it after a job's own callbacks, so their lines come first.
 */
export class ProgressLog extends Callback {
  #params: TrainingParams | undefined;
  #began = 0;

  /** @param now clock in milliseconds. */
  constructor(
    private readonly verbose: number,
    private readonly log: (line: string) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    super();
  }

  override onTrainBegin(_control: TrainingControl, params: TrainingParams): void {
    this.#params = params;
    const { samples, validationSamples } = params;
    if (this.verbose > 0 && samples !== undefined && validationSamples !== undefined) this.log(`Train on ${samples} samples, validate on ${validationSamples} samples`);
  }

  override onEpochBegin(epoch: number): void {
    this.#began = this.now();
    if (this.verbose > 0) this.log(`Epoch ${epoch + 1}/${this.#params?.epochs}`);
  }

  /** The line that says which epoch it is has been written. */
  override onEpochResume(): void {
    this.#began = this.now();
  }

  override onEpochEnd(_epoch: number, logs: Logs, { metricsNames }: TrainingControl): void {
    if (this.verbose === 0) return;
    const seconds = `${Math.trunc((this.now() - this.#began) / 1000)}s`;
    const names = [...metricsNames, ...metricsNames.map((name) => `val_${name}`)].filter((name) => logs[name] !== undefined);
    const line = [seconds, ...names.map((name) => `${name}: ${this.#number(logs[name] ?? NaN)}`)].join(' - ');
    if (this.verbose === 2) {
      this.log(line);
      return;
    }
    const target = this.#params?.samples ?? this.#params?.steps ?? 0;
    this.log(`${target}/${target} [${'='.repeat(BAR)}] - ${line}`);
  }

  /** Four decimals, with an exponent where little is left of them; verbose 2 takes every negative number for little. */
  #number(value: number): string {
    return (this.verbose === 2 ? value : Math.abs(value)) > 1e-3 ? pythonFixed(value, 4) : pythonExponential(value, 4);
  }
}
