import type { Delivery, IntentMessage } from '@trainyard/protocol';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { intentChannel, prefixOf, queueName, QueueUnavailableError, redisOptions, type OnError, type QueueLocation } from './connection.js';

/** BullMQ serves the smallest number first, and 0 before all: 1 stands for priority 1000. */
const bullPriority = (priority: number): number => 1001 - priority;

/** Puts deliveries on the queue and tells workers of intents. Every call answers or fails at once, also without Redis. */
export interface Producer {
  /**
   * Makes an attempt due. While it waits, enqueueing it again changes nothing.
   *
   * @param priority from -1000 to 1000; higher runs first.
   * @throws QueueUnavailableError
   */
  enqueue(delivery: Delivery, priority: number): Promise<void>;
  /**
   * Tells all workers what the user wants of a job. Those that do not hear it learn it with the lease.
   *
   * @throws QueueUnavailableError
   */
  publishIntent(message: IntentMessage): Promise<void>;
  /** How many deliveries wait. @throws QueueUnavailableError */
  waiting(): Promise<number>;
  /** @throws QueueUnavailableError */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export function openProducer(location: QueueLocation, onError: OnError = () => undefined): Producer {
  // Nothing waits for a connection: a command without one fails at once.
  const redis = new Redis({ ...redisOptions(location.url), enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 5_000 });
  redis.on('error', onError);
  const openQueue = lazyQueue(redis, prefixOf(location), onError);

  const guard = async <T>(what: string, use: () => Promise<T>): Promise<T> => {
    try {
      return await use();
    } catch (error) {
      throw new QueueUnavailableError(`the queue cannot be reached to ${what}`, { cause: error });
    }
  };
  return {
    enqueue: ({ job, attempt }, priority) =>
      guard('enqueue a delivery', async () => {
        const queue = await openQueue();
        const jobId = `${job}-${attempt}`; // BullMQ takes no `:` in an id
        await queue.add('attempt', { job, attempt }, { jobId, priority: bullPriority(priority) });
      }),
    publishIntent: (message) =>
      guard('publish an intent', async () => void (await redis.publish(intentChannel(location), JSON.stringify(message)))),
    waiting: () =>
      guard('count deliveries', async () => {
        const queue = await openQueue();
        return (await queue.getWaitingCount()) + (await queue.getPrioritizedCount());
      }),
    ping: () => guard('ping it', async () => void (await redis.ping())),
    close: async () => redis.disconnect(),
  };
}

/**
 * The queue on a connection, made when it is first needed and the connection is there. BullMQ asks the server for its
 * version when a queue is made, and one that got no answer then never works again.
 */
function lazyQueue(redis: Redis, prefix: string, onError: OnError): () => Promise<Queue> {
  let queue: Queue | undefined;
  return async () => {
    if (redis.status !== 'ready') throw new Error(`the connection to Redis is not ready (${redis.status})`);
    if (queue === undefined) {
      queue = new Queue(queueName, {
        prefix,
        connection: redis,
        skipWaitingForReady: true, // or a call after the connection broke would wait for it
        // An id that has finished and is kept would make BullMQ drop a later delivery of the same attempt.
        defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
      });
      queue.on('error', onError);
    }
    try {
      await queue.waitUntilReady();
    } catch (error) {
      queue = undefined;
      throw error;
    }
    return queue;
  };
}
