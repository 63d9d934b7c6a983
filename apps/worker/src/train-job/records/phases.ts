import { setPhase, type AttemptRef, type Database } from '@trainyard/database';
import type { JobPhase } from '@trainyard/protocol';
import type { Journal } from './journal.js';

const leastIntervalMs = 1_000;

/**
 * Tells what the attempt is doing. Each phase is told when it is first entered; later only what has lasted: epochs of
 * milliseconds would flood the events with turns between training and validating.
 */
export class Phases {
  readonly #told = new Set<JobPhase>(['starting']); // by the claim
  #current: JobPhase = 'starting';
  #lastTold: JobPhase = 'starting';
  #lastTime = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly ref: AttemptRef,
    private readonly journal: Journal,
  ) {}

  enter(phase: JobPhase): void {
    this.#current = phase;
    const wait = this.#lastTime + leastIntervalMs - performance.now();
    if (!this.#told.has(phase) || wait <= 0) this.#tell();
    else if (!this.#timer) this.#timer = setTimeout(() => this.#tell(), wait);
  }

  /** Nothing is told any more. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const phase = this.#current;
    if (phase === this.#lastTold) return;
    this.#told.add(phase);
    this.#lastTold = phase;
    this.#lastTime = performance.now();
    this.journal.add(() => setPhase(this.database, this.ref, phase));
  }
}
