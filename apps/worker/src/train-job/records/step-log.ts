import { recordSteps, type StepRecord } from '@trainyard/database';
import type { Attempt } from '../attempt.js';

const flushEveryMs = 1_000;
const flushRows = 500;

/** Metrics of single steps, every `every`-th, stored in chunks: one statement a row would be slower than training. */
export class StepLog {
  #rows: StepRecord[] = [];
  #lastFlush = performance.now();

  constructor(
    private readonly attempt: Attempt,
    readonly every: number,
  ) {}

  add(row: StepRecord): void {
    this.#rows.push(row);
    if (this.#rows.length >= flushRows || performance.now() - this.#lastFlush >= flushEveryMs) this.flush();
  }

  flush(): void {
    this.#lastFlush = performance.now();
    if (this.#rows.length === 0) return;
    const rows = this.#rows;
    this.#rows = [];
    const { database, order, journal } = this.attempt;
    journal.add(() => recordSteps(database, order.ref, rows));
  }
}
