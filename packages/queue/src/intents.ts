import { IntentMessage } from '@trainyard/protocol';
import { Redis } from 'ioredis';
import { intentChannel, redisOptions, type OnError, type QueueLocation } from './connection.js';

export interface Subscription {
  close(): void;
}

/** Hears what users want of jobs, as producers publish it. Messages of times without a connection are missed. */
export function subscribeIntents(
  location: QueueLocation,
  hear: (message: IntentMessage) => void,
  onError: OnError = () => undefined,
): Subscription {
  const redis = new Redis({ ...redisOptions(location.url), maxRetriesPerRequest: null });
  redis.on('error', onError);
  redis.on('message', (_channel: string, text: string) => {
    try {
      hear(IntentMessage.parse(JSON.parse(text)));
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)));
    }
  });
  // Waits for the server for as long as it takes; ioredis subscribes anew after each loss of it.
  redis.subscribe(intentChannel(location)).catch(onError);
  return { close: () => redis.disconnect() };
}
