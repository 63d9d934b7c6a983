import type { Job, JobEvent, Metrics } from '@trainyard/protocol';
import { kerasBar, kerasDuration, kerasMetrics } from './keras-bar.js';
import { LiveLine, type Output } from './output.js';

/** What the view looks at of a job. */
export type JobState = Pick<Job, 'status' | 'phase' | 'queue_position' | 'latest_metrics' | 'progress'>;

/**
 * Shows a job's training as Keras's `fit(verbose=1)` does. It is told of the job's events in their order, and of the job
 * itself from time to time, in between; an epoch's final line comes from its event, so none is lost or shown twice.
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
  #epochs: number | null = null;
  #stepsPerEpoch: number | null = null;

  constructor(output: Output, now: () => number = Date.now) {
    this.#output = output;
    this.#line = new LiveLine(output);
    this.#now = now;
  }

  /** Draws the bar of the running epoch, or what the job is doing before the first one. */
  showJob(job: JobState): void {
    const { progress } = job;
    if (progress !== null) {
      this.#epochs = progress.epochs;
      this.#stepsPerEpoch = progress.steps_per_epoch;
    }
    if (job.status === 'queued') return this.#line.draw(job.queue_position === null ? 'queued' : `queued (${job.queue_position} before it)`);
    if (job.status !== 'running') return;
    if (progress === null || progress.step === 0) return this.#line.draw(`${(job.phase ?? 'starting').replace('_', ' ')} ...`);
    // The job may be read just after an epoch's end and before its event came: that epoch's line is not written yet.
    if (this.#epoch !== undefined && progress.epoch !== this.#epoch) return;
    this.#openEpoch(progress.epoch);
    const step = progress.step - this.#stepAtEpochStart;
    this.#line.draw(this.#runningLine(step, job.latest_metrics, job.phase));
  }

  /** Writes what an event adds. Log lines are the logs' matter, but warnings and errors are shown. */
  showEvent(event: JobEvent): void {
    switch (event.type) {
      case 'metrics':
        this.#closeEpoch(event.data.epoch, event.data.step, event.data.metrics);
        return;
      case 'rewound':
        this.#line.clear();
        this.#line.print(`Attempt ${event.attempt} goes on from step ${event.data.step} (epoch ${event.data.epoch + 1})`);
        this.#epoch = event.data.epoch;
        this.#headerOf = undefined;
        this.#stepAtEpochStart = event.data.step;
        return;
      case 'log':
        if (event.data.level === 'warning' || event.data.level === 'error') this.#line.print(`${event.data.level}: ${event.data.message}`);
        return;
      case 'status':
        if (event.data.status === 'queued' && event.data.previous === 'running') this.#line.print(`Queued again: ${event.data.reason ?? 'the attempt ended'}`);
        return;
      case 'phase':
      case 'intent':
      case 'checkpoint':
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

  #runningLine(step: number, metrics: Metrics, phase: Job['phase']): string {
    const steps = this.#stepsPerEpoch;
    if (phase === 'validating') return `${steps === null ? step : kerasBar(steps, steps)} - validating ...`;
    if (steps === null) return `${step} steps${kerasMetrics(metrics)}`;
    const perStep = step > 0 ? (this.#now() - this.#epochStartedAt) / 1000 / step : 0;
    return `${kerasBar(step, steps)} - ETA: ${kerasDuration(perStep * (steps - step))}${kerasMetrics(trainingOnly(metrics))}`;
  }

  #closeEpoch(epoch: number, step: number, metrics: Metrics): void {
    this.#openEpoch(epoch);
    this.#line.clear();
    const steps = step - this.#stepAtEpochStart;
    const count = steps > 0 ? steps : (this.#stepsPerEpoch ?? 0);
    const took = kerasDuration((this.#now() - this.#epochStartedAt) / 1000);
    this.#output.write(`${count > 0 ? `${kerasBar(count, count)} - ` : ''}${took}${kerasMetrics(metrics)}\n`);
    this.#epoch = epoch + 1;
    this.#stepAtEpochStart = step;
    this.#epochStartedAt = this.#now();
  }
}

/** While an epoch runs, the validation's metrics are those of the epoch before. */
function trainingOnly(metrics: Metrics): Metrics {
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => !name.startsWith('val_')));
}
