import { DatabaseUnavailableError, findDueDeliveries, findLostAttempts, markDelivered, takeLostAttempt, type Database } from '@trainyard/database';
import { QueueUnavailableError, type Producer } from '@trainyard/queue';
import type { Logger } from 'pino';
import { leaseMs } from '../train-job/claim.js';
import { Repeating } from './repeating.js';

const sweepMs = 1_000;
/**
 * A delivery that is not taken for so long is put on the queue again: Redis may have lost it. When nothing at all waits
 * there it surely has.
 */
const redeliverAfterMs = 10_000;
const redeliverToEmptyAfterMs = 1_000;

/**
 * Brings back what got lost: attempts whose worker does not renew its lease, and queued jobs of which the queue does not
 * know. Every worker sweeps; what two of them find is done once.
 */
export class Sweeper {
  readonly #sweeping = new Repeating(sweepMs, () => this.#sweep());
  /** While the database was away nobody could renew a lease: for one lease after that nothing counts as lost. */
  #outage = false;
  #patientUntil = 0;

  constructor(
    private readonly database: Database,
    private readonly producer: Producer,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.#sweeping.start();
  }

  /** Sweeps soon: there is something to be found. */
  hurry(): void {
    this.#sweeping.hurry();
  }

  async close(): Promise<void> {
    await this.#sweeping.close();
  }

  async #sweep(): Promise<void> {
    try {
      await this.#takeLost();
      await this.#deliverDue();
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) this.#noteOutage();
      else if (!(error instanceof QueueUnavailableError)) this.log.error({ err: error }, 'the sweep failed');
    }
  }

  #noteOutage(): void {
    if (!this.#outage) this.log.warn('the database cannot be reached');
    this.#outage = true;
  }

  async #takeLost(): Promise<void> {
    const lost = await findLostAttempts(this.database);
    if (this.#outage) {
      this.log.info('the database is back');
      this.#outage = false;
      this.#patientUntil = performance.now() + leaseMs;
    }
    if (performance.now() < this.#patientUntil) return;
    for (const ref of lost) {
      const status = await takeLostAttempt(this.database, ref);
      if (status) this.log.warn({ job_id: ref.jobId, attempt: ref.attempt, status }, `the attempt was lost; the job is ${status}`);
    }
  }

  async #deliverDue(): Promise<void> {
    const empty = (await this.producer.waiting()) === 0;
    const due = await findDueDeliveries(this.database, empty ? redeliverToEmptyAfterMs : redeliverAfterMs);
    const delivered: typeof due = [];
    try {
      for (const { priority, ...delivery } of due) {
        await this.producer.enqueue(delivery, priority);
        delivered.push({ priority, ...delivery });
      }
    } finally {
      await markDelivered(this.database, delivered);
    }
  }
}
