import { enterPhases, type AttemptRef, type Database } from '@trainyard/database';
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
  #waiting: JobPhase[] = [];

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
    this.#waiting.push(phase);
    if (this.#waiting.length === 1) this.journal.add(() => this.#store());
  }

  /** Phases that are entered while others are being written are stored together: before the first step they follow fast. */
  async #store(): Promise<void> {
    const phases = [...this.#waiting];
    await enterPhases(this.database, this.ref, phases);
    // Only now: an outage makes the journal call again, and phases may have joined.
    this.#waiting = this.#waiting.slice(phases.length);
    if (this.#waiting.length > 0) this.journal.add(() => this.#store());
  }
}
