import { Delivery } from '@trainyard/protocol';
import { Worker } from 'bullmq';
import { prefixOf, queueName, redisOptions, type OnError, type QueueLocation } from './connection.js';

/** Takes deliveries off the queue, the most urgent first. */
export interface Consumer {
  /**
   * Takes no more deliveries until `resume`. Called inside the handler, it holds before the next delivery is taken.
   */
  pause(): Promise<void>;
  resume(): void;
  /** Takes no more deliveries and waits for the handlers that run. */
  close(): Promise<void>;
}

export interface ConsumerOptions {
  /** How many deliveries are handled at the same time. */
  readonly concurrency: number;
  readonly onError?: OnError;
}

/**
 * After a read that broke off with its connection. BullMQ would wait 15 s: a worker took its first delivery up to 19 s after
 * Redis was back (`npm run chaos -- --trial outages`).
 */
const retryMs = 1_000;

/**
 * Starts to take deliveries. A handler should end as soon as the delivery has been dealt with in the database: it is a
 * wake-up call, not the work. A delivery whose handler fails is gone; sweepers find what is still due.
 */
export function openConsumer(location: QueueLocation, handle: (delivery: Delivery) => Promise<void>, options: ConsumerOptions): Consumer {
  const { concurrency, onError = () => undefined } = options;
  const worker = new Worker(queueName, async (job) => handle(Delivery.parse(job.data)), {
    prefix: prefixOf(location),
    connection: { ...redisOptions(location.url), maxRetriesPerRequest: null }, // BullMQ insists: its blocking reads wait
    concurrency,
    runRetryDelay: retryMs,
    removeOnComplete: { count: 0 },
    removeOnFail: { count: 0 },
  });
  worker.on('error', onError);
  worker.on('failed', (_job, error) => onError(error));
  return {
    pause: () => worker.pause(true),
    resume: () => void worker.resume(),
    close: () => worker.close(),
  };
}
