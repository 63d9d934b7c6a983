import { claimWebhooks, settleWebhook, type ClaimedWebhook, type Database } from '@trainyard/database';
import type { Logger } from 'pino';
import { Repeating } from '../supervisor/repeating.js';
import { isOutage, withPatience } from '../train-job/patience.js';
import { timeoutMs, tryWebhook } from './try-webhook.js';

const lookMs = 1_000;
/** Deliveries under way at the same time: each is little more than a socket that waits. */
const mostAtOnce = 32;
/** How long a claim holds: as long as a try may take, and the outcome may take to be stored. */
const settleWithinMs = 30_000;
const leaseMs = timeoutMs + settleWithinMs + 15_000;

/**
 * Sends what jobs' webhooks are to be told. Every worker does: what is due lies in the database, and of any number of workers one
 * claims each delivery. Not the API, which sends nothing to addresses that users name, and may run where the internet is out of
 * reach; workers do so already for callbacks, by the operator's rules.
 *
 * A delivery comes at least once: a worker that dies after the POST and before it has stored the outcome leaves it to another
 * one, and receivers know it again by its id.
 */
export class WebhookSender {
  readonly #looking = new Repeating(lookMs, () => this.#look());
  readonly #sending = new Set<Promise<void>>();
  #moreDue = false;

  constructor(
    private readonly database: Database,
    /** Hosts that the operator has opened although their addresses are not public. */
    private readonly allowedHosts: readonly string[],
    private readonly log: Logger,
  ) {}

  start(): void {
    this.#looking.start();
  }

  /** Looks soon: a job has changed its status. */
  hurry(): void {
    this.#looking.hurry();
  }

  /** Begins no more, and waits for those under way. */
  async close(): Promise<void> {
    await this.#looking.close();
    await Promise.all(this.#sending);
  }

  async #look(): Promise<void> {
    const room = mostAtOnce - this.#sending.size;
    if (room === 0) return;
    try {
      const due = await claimWebhooks(this.database, { limit: room, leaseMs });
      this.#moreDue = due.length === room;
      for (const delivery of due) this.#begin(delivery);
    } catch (error) {
      if (!isOutage(error)) this.log.error({ err: error }, 'webhook deliveries were not claimed');
    }
  }

  #begin(delivery: ClaimedWebhook): void {
    const sent = this.#send(delivery)
      .catch((error: unknown) => this.log.warn({ err: error, job_id: delivery.jobId, delivery: delivery.id }, 'what came of a webhook delivery was not stored; it will be tried again'))
      .finally(() => {
        this.#sending.delete(sent);
        if (this.#moreDue) this.#looking.hurry();
      });
    this.#sending.add(sent);
  }

  async #send(delivery: ClaimedWebhook): Promise<void> {
    const { tried, outcome } = await tryWebhook(delivery, this.allowedHosts);
    await withPatience(() => settleWebhook(this.database, delivery, tried, outcome), settleWithinMs);
    if (outcome.status === 'failed') this.log.warn({ job_id: delivery.jobId, delivery: delivery.id, tried }, 'a webhook delivery was given up');
  }
}
