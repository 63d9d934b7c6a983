import type { JobEvent, JobPhase, Metrics, Progress } from '@trainyard/protocol';
import { kerasBar, kerasDuration, kerasMetrics } from './keras-bar.js';
import { LiveLine, type Output } from './output.js';

/**
 * Shows a job's training as Keras's `fit(verbose=1)` does. It is told of the job's events in their order and of its
 * progress in between; an epoch's final line comes from its event, so none is lost or shown twice.
 */
export class TrainingView {
  readonly #output: Output;
  readonly #line: LiveLine;
  readonly #now: () => number;
  /** The epoch whose bar is next, from 0; undefined until the first one is heard of. */
  #epoch: number | undefined;
  #headerOf: number | undefined;
  #epochStartedAt = 0;
  #stepAtEpochStart = 0;
  #epochs: number | null;
  #stepsPerEpoch: number | null = null;
  #phase: JobPhase | undefined;
  /** When the epoch began by the server's clock, by which its events are stamped. */
  #trainingSince: number | undefined;

  /** @param epochs as the job's spec says: an epoch may end before there was any progress to tell it. */
  constructor(output: Output, epochs: number | null, now: () => number = Date.now) {
    this.#output = output;
    this.#line = new LiveLine(output);
    this.#epochs = epochs;
    this.#now = now;
  }

  /** Says that the job waits, behind how many others where that is known. */
  showQueued(before: number | null): void {
    this.#line.draw(before === null || before === 0 ? 'queued' : `queued (${before} before it)`);
  }

  /** Draws the bar of the running epoch. */
  showProgress(progress: Progress, metrics: Metrics): void {
    this.#epochs = progress.epochs;
    this.#stepsPerEpoch = progress.steps_per_epoch;
    // Read just before or just after an epoch's end was told, it is about another epoch than the one whose line is open.
    // After the last one it is `epochs`.
    if (progress.step === 0 || progress.epoch >= progress.epochs || (this.#epoch !== undefined && progress.epoch !== this.#epoch)) return;
    this.#openEpoch(progress.epoch);
    this.#line.draw(this.#runningLine(progress.step - this.#stepAtEpochStart, metrics));
  }

  /** Writes what an event adds. Log lines are the logs' matter, but warnings and errors are shown. */
  showEvent(event: JobEvent): void {
    switch (event.type) {
      case 'metrics':
        this.#closeEpoch(event.data.epoch, event.data.step, event.data.metrics, Date.parse(event.created_at));
        return;
      case 'rewound':
        this.#line.clear();
        this.#line.print(`Attempt ${event.attempt} goes on from step ${event.data.step} (epoch ${event.data.epoch + 1})`);
        this.#epoch = event.data.epoch;
        this.#headerOf = undefined;
        this.#stepAtEpochStart = event.data.step;
        this.#trainingSince = undefined;
        return;
      case 'log':
        if (event.data.level === 'warning' || event.data.level === 'error') this.#line.print(`${event.data.level}: ${event.data.message}`);
        return;
      case 'status':
        if (event.data.status === 'queued' && event.data.previous === 'running') this.#line.print(`Queued again: ${event.data.reason ?? 'the attempt ended'}`);
        if (event.data.status === 'queued' || event.data.status === 'running') this.#line.draw(event.data.status === 'queued' ? 'queued' : 'starting ...');
        return;
      case 'phase':
        this.#phase = event.data.phase;
        if (event.data.phase === 'training') this.#trainingSince ??= Date.parse(event.created_at);
        this.#showPhase();
        return;
      case 'intent':
      case 'plan':
      case 'checkpoint':
      case 'pruned':
        return;
    }
  }

  /** Removes the live line; what follows is written under the last epoch. */
  close(): void {
    this.#line.clear();
  }

  /** A line of the caller's own. */
  print(line: string): void {
    this.#line.print(line);
  }

  #openEpoch(epoch: number): void {
    this.#epoch = epoch;
    if (this.#headerOf === epoch) return;
    this.#headerOf = epoch;
    this.#epochStartedAt = this.#now();
    this.#line.clear();
    this.#output.write(this.#epochs === null ? `Epoch ${epoch + 1}\n` : `Epoch ${epoch + 1}/${this.#epochs}\n`);
  }

  /** Before the first epoch the phase is all there is to see; later, only what is not training. */
  #showPhase(): void {
    if (this.#phase === undefined) return;
    const inEpoch = this.#headerOf !== undefined && this.#headerOf === this.#epoch;
    if (!inEpoch && this.#epoch === undefined) return this.#line.draw(`${this.#phase.replace('_', ' ')} ...`);
    if (inEpoch && this.#phase === 'validating' && this.#stepsPerEpoch !== null) this.#line.draw(`${kerasBar(this.#stepsPerEpoch, this.#stepsPerEpoch)} - validating ...`);
  }

  #runningLine(step: number, metrics: Metrics): string {
    const steps = this.#stepsPerEpoch;
    if (steps === null) return `${step} steps${kerasMetrics(trainingOnly(metrics))}`;
    const perStep = step > 0 ? (this.#now() - this.#epochStartedAt) / 1000 / step : 0;
    return `${kerasBar(step, steps)} - ETA: ${kerasDuration(perStep * (steps - step))}${kerasMetrics(trainingOnly(metrics))}`;
  }

  #closeEpoch(epoch: number, step: number, metrics: Metrics, at: number): void {
    this.#openEpoch(epoch);
    this.#line.clear();
    const steps = step - this.#stepAtEpochStart;
    const count = steps > 0 ? steps : (this.#stepsPerEpoch ?? 0);
    const took = (at - (this.#trainingSince ?? at)) / 1000;
    this.#output.write(`${count > 0 ? `${kerasBar(count, count)} - ` : ''}${kerasDuration(took)}${kerasMetrics(metrics)}\n`);
    this.#trainingSince = at;
    this.#epoch = epoch + 1;
    this.#stepAtEpochStart = step;
    this.#epochStartedAt = this.#now();
  }
}

/** While an epoch runs, the validation's metrics are those of the epoch before. */
function trainingOnly(metrics: Metrics): Metrics {
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => !name.startsWith('val_')));
}
