import type { Workplace } from '../messages.js';
import { TrainingProcess } from './training-process.js';

/**
 * Keeps one training process ready: its code loaded, libtensorflow too, a tiny model trained in it. A job then begins a second
 * and a half earlier (2 cores). Each process serves one attempt.
 */
export class ProcessPool {
  #spare: TrainingProcess | undefined;
  #closed = false;

  constructor(
    private readonly env: Readonly<Record<string, string>>,
    private readonly workplace: Workplace,
  ) {}

  /** Begins to make a process ready, unless one is. */
  prepare(): void {
    if (!this.#closed && !this.#spare?.alive) this.#spare = this.#begin();
  }

  /** A process for an attempt: the one that is ready, or becoming so, or else a new one. */
  take(): TrainingProcess {
    const spare = this.#spare;
    this.#spare = undefined;
    const taken = spare?.alive ? spare : this.#begin();
    // Jobs come faster than processes get ready: the next one is begun at once, on another core.
    if (!taken.ready) this.prepare();
    return taken;
  }

  close(): void {
    this.#closed = true;
    this.#spare?.kill();
    this.#spare = undefined;
  }

  #begin(): TrainingProcess {
    const begun = new TrainingProcess(this.env);
    begun.tell({ type: 'prepare', workplace: this.workplace });
    return begun;
  }
}
