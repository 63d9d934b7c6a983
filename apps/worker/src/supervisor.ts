import { findAnyJob, type Database } from '@trainyard/database';
import type { Delivery } from '@trainyard/protocol';
import { openConsumer, openProducer, subscribeIntents, type Consumer, type Producer, type Subscription } from '@trainyard/queue';
import { isTracing } from '@trainyard/telemetry';
import type { Logger } from 'pino';
import type { WorkerEnv } from './env.js';
import { Housekeeper } from './housekeeping/housekeeper.js';
import { AttemptSupervisor } from './supervisor/attempt-supervisor.js';
import { GpuMemory } from './supervisor/gpu-memory.js';
import { GpuShares } from './supervisor/gpu-shares.js';
import { ProcessPool } from './supervisor/process-pool.js';
import { Sweeper } from './supervisor/sweeper.js';
import { claim } from './train-job/claim.js';
import { isOutage } from './train-job/patience.js';
import { mayHaveGpu } from './warm-up/gpu-device.js';
import { WebhookSender } from './webhooks/webhook-sender.js';

export interface SupervisorOptions extends Pick<WorkerEnv, 'databaseUrl' | 'redisUrl' | 'redisPrefix' | 'storage' | 'library' | 'outboundHosts' | 'orphanSweep' | 'snapshots' | 'concurrency' | 'name' | 'stallTimeoutMs' | 'childEnv'> {
  readonly database: Database;
  readonly log: Logger;
}

/**
 * Takes deliveries, claims their jobs, and runs each attempt in a process of its own, as many at a time as `concurrency`
 * says. A delivery has done its work once the job is claimed; from then on the lease in the database is what counts.
 */
export class Supervisor {
  readonly #attempts = new Map<string, { readonly attempt: AttemptSupervisor; readonly done: Promise<void> }>();
  readonly #producer: Producer;
  readonly #sweeper: Sweeper;
  readonly #webhooks: WebhookSender;
  readonly #housekeeper: Housekeeper;
  readonly #processes: ProcessPool;
  #consumer: Consumer | undefined;
  #intents: Subscription | undefined;
  #draining = false;
  readonly #gpu = new GpuShares(mayHaveGpu());
  readonly #gpuMemory = mayHaveGpu() ? new GpuMemory() : undefined;
  /** Jobs for which there was no room on a GPU: put on the queue again when an attempt has ended. */
  #withoutRoom: { readonly delivery: Delivery; readonly priority: number }[] = [];

  constructor(private readonly options: SupervisorOptions) {
    const { database, log } = options;
    this.#producer = openProducer(this.#queue, this.#onQueueError);
    this.#sweeper = new Sweeper(database, this.#producer, log);
    const { databaseUrl, storage, library, outboundHosts, snapshots } = options;
    this.#housekeeper = new Housekeeper(options);
    this.#webhooks = new WebhookSender(database, outboundHosts, log);
    this.#processes = new ProcessPool(options.childEnv, { databaseUrl, storage, library, outboundHosts, snapshots, tracing: isTracing() });
  }

  get #queue() {
    const { redisUrl: url, redisPrefix: prefix } = this.options;
    return { url, ...(prefix !== undefined && { prefix }) };
  }

  readonly #onQueueError = (error: Error): void => this.options.log.debug({ err: error }, 'queue');

  start(): void {
    this.#intents = subscribeIntents(this.#queue, ({ job, intent }) => this.#attempts.get(job)?.attempt.wish(intent), this.#onQueueError);
    this.#consumer = openConsumer(this.#queue, (delivery) => this.#take(delivery), { concurrency: 1, onError: this.#onQueueError });
    this.#processes.prepare();
    this.#sweeper.start();
    this.#webhooks.start();
    this.#housekeeper.start();
  }

  /** Takes no more jobs, gives back those that run, and ends. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#processes.close();
    await this.#consumer?.close();
    for (const { attempt } of this.#attempts.values()) attempt.drain();
    await Promise.all([...[...this.#attempts.values()].map(({ done }) => done), this.#webhooks.close(), this.#housekeeper.close()]);
    this.#intents?.close();
    await this.#sweeper.close();
    await this.#producer.close();
  }

  /** Handles a delivery: one at a time, so that no more are taken than there is room for. */
  async #take(delivery: Delivery): Promise<void> {
    const { log, concurrency } = this.options;
    try {
      if (this.#draining || !(await this.#takeShare(delivery))) return;
      const order = await claim(delivery, { ...this.options, worker: this.options.name });
      if (!order) return this.#gpu.release(delivery.job);
      log.info({ job_id: delivery.job, attempt: delivery.attempt }, 'the job was claimed');
      // The next process gets ready when this one trains: not in its way there, and in time for a job that waits.
      const onTraining = (): void => this.#processes.prepare();
      const attempt = new AttemptSupervisor(order, this.#processes.take(), { ...this.options, gpuMemory: this.#gpuMemory, onTraining });
      const done = attempt.run().catch((error: unknown) => log.error({ err: error, job_id: delivery.job, attempt: delivery.attempt }, 'the attempt was given up'));
      this.#attempts.set(delivery.job, { attempt, done: done.then(() => this.#release(delivery.job)) });
      if (this.#attempts.size >= concurrency) await this.#consumer?.pause();
      if (this.#attempts.size < concurrency) this.#consumer?.resume(); // it ended while we paused
    } catch (error) {
      if (!this.#attempts.has(delivery.job)) this.#gpu.release(delivery.job);
      // The sweeper delivers it again.
      if (isOutage(error)) log.warn({ job_id: delivery.job, attempt: delivery.attempt }, 'the database cannot be reached to claim the job');
      else log.error({ err: error, job_id: delivery.job, attempt: delivery.attempt }, 'the job was not claimed');
    }
  }

  /** Takes what the job needs of a GPU. Where that is not free the job stays queued: another worker may have room. */
  async #takeShare(delivery: Delivery): Promise<boolean> {
    if (!mayHaveGpu()) return true; // spares a look at the job
    const job = await findAnyJob(this.options.database, delivery.job);
    if (!job || this.#attempts.has(job.id) || this.#gpu.take(job.id, job.spec.resources)) return job !== undefined;
    this.#withoutRoom.push({ delivery, priority: job.priority });
    return false;
  }

  /** What cannot be put on the queue now the sweeper finds. */
  #offerAgain(): void {
    for (const { delivery, priority } of this.#withoutRoom.splice(0)) this.#producer.enqueue(delivery, priority).catch(() => undefined);
  }

  #release(job: string): void {
    this.#attempts.delete(job);
    this.#gpu.release(job);
    this.#offerAgain();
    this.#webhooks.hurry(); // the job's may have something to tell
    this.#housekeeper.hurry();
    if (this.#draining) return;
    this.#processes.prepare(); // it may not have come to train
    this.#consumer?.resume();
    this.#sweeper.hurry(); // it may be queued again
  }
}
