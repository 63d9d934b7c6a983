import { TrainingProcess } from './training-process.js';

/**
 * Keeps one training process ready, its code loaded: a job then begins two thirds of a second earlier (imports of
 * tfjs, Prisma and zod; 2 cores). Each process serves one attempt.
 */
export class ProcessPool {
  #spare: TrainingProcess | undefined;
  #closed = false;

  constructor(private readonly env: Readonly<Record<string, string>>) {}

  /** Makes a process ready, unless one is. */
  prepare(): void {
    if (!this.#closed && !this.#spare?.alive) this.#spare = new TrainingProcess(this.env);
  }

  take(): TrainingProcess {
    const spare = this.#spare;
    this.#spare = undefined;
    return spare?.alive ? spare : new TrainingProcess(this.env);
  }

  close(): void {
    this.#closed = true;
    this.#spare?.kill();
    this.#spare = undefined;
  }
}
