import { appendEvents, type AttemptRef, type Database } from '@trainyard/database';
import type { LogLevel, NewEvent } from '@trainyard/protocol';
import type { Journal } from './journal.js';

/** The log lines of a job. Lines that come while others are being written are stored together. */
export class Logbook {
  #waiting: NewEvent[] = [];

  constructor(
    private readonly database: Database,
    private readonly ref: AttemptRef,
    private readonly journal: Journal,
  ) {}

  write(level: LogLevel, message: string): void {
    this.#waiting.push({ type: 'log', data: { level, message } });
    if (this.#waiting.length === 1) this.journal.add(() => this.#store());
  }

  async #store(): Promise<void> {
    const lines = [...this.#waiting];
    await appendEvents(this.database, this.ref, lines);
    // Only now: an outage makes the journal call again, and lines may have joined.
    this.#waiting = this.#waiting.slice(lines.length);
    if (this.#waiting.length > 0) this.journal.add(() => this.#store());
  }
}
