import { z } from 'zod';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'; // Crockford's base32, as ULID prescribes
const ulidPattern = '[0-7][0-9A-HJKMNP-TV-Z]{25}';

const id = (prefix: string, what: string) =>
  z.string().regex(new RegExp(`^${prefix}_${ulidPattern}$`), `expected the id of a ${what} (${prefix}_ and 26 characters)`);

export const JobId = id('job', 'job').meta({ description: 'Id of a job', example: 'job_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D' });
export const CheckpointId = id('ckpt', 'checkpoint');
export const KeyId = id('key', 'key');
/** The header `webhook-id` (Standard Webhooks). */
export const WebhookDeliveryId = id('msg', 'webhook delivery');
export const DatasetId = id('ds', 'dataset').meta({ description: 'Id of a dataset', example: 'ds_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D' });

let lastTime = -1;
let lastRandom = 0n;

/**
 * A ULID (48 bits of milliseconds, 80 of randomness). Ids made by one process sort in the order they were made: within
 * a millisecond the random part counts up.
 */
export function newUlid(now: number = Date.now()): string {
  if (now > lastTime) {
    lastTime = now;
    lastRandom = randomBits(80) >> 1n; // the top bit stays free for counting up
  } else {
    lastRandom += 1n;
  }
  let value = (BigInt(lastTime) << 80n) | lastRandom;
  let text = '';
  for (let position = 0; position < 26; position++) {
    text = alphabet.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return text;
}

export const newJobId = (): string => `job_${newUlid()}`;
export const newCheckpointId = (): string => `ckpt_${newUlid()}`;
export const newSnapshotId = (): string => `snap_${newUlid()}`;
export const newDatasetId = (): string => `ds_${newUlid()}`;
export const newWebhookDeliveryId = (): string => `msg_${newUlid()}`;
export const newKeyId = (): string => `key_${newUlid()}`;
export const newProjectId = (): string => `proj_${newUlid()}`;
export const newRequestId = (): string => `req_${newUlid()}`;

/** `bits` random bits from the platform's generator: browsers have it too, and this package runs there. */
function randomBits(bits: number): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(bits / 8));
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}
