export { QueueUnavailableError, type OnError, type QueueLocation } from './connection.js';
export { openProducer, type Producer } from './producer.js';
export { openConsumer, type Consumer, type ConsumerOptions } from './consumer.js';
export { subscribeIntents, type Subscription } from './intents.js';
