import { z } from 'zod';
import { JobId, WebhookDeliveryId } from './ids.js';
import { Job, Timestamp } from './job/job.js';
import { WebhookEvent } from './request/webhook.js';

/** `webhook.test` is what a user asks for to see whether a receiver works. */
export const WebhookDeliveryType = z.enum([...WebhookEvent.options, 'webhook.test']);
export type WebhookDeliveryType = z.infer<typeof WebhookDeliveryType>;

/** The body of a webhook delivery (Standard Webhooks). It is written when the event happens, and every try sends the same. */
export const WebhookPayload = z.object({
  type: WebhookDeliveryType,
  /** When the event happened. */
  timestamp: Timestamp,
  /** The job as it was then. */
  data: z.object({ job: Job }),
});
export type WebhookPayload = z.infer<typeof WebhookPayload>;

/** One POST to the receiver, and what came of it. */
export const WebhookTry = z.object({
  at: Timestamp,
  duration_ms: z.int(),
  /** The answer's status; null when there was no answer. */
  status: z.int().nullable(),
  /** The first bytes of the answer's body. */
  body: z.string().nullable(),
  /** Why there was no answer. */
  error: z.string().nullable(),
});
export type WebhookTry = z.infer<typeof WebhookTry>;

/** `pending`: it will be tried (again). `delivered`: it was answered with 2xx. `failed`: it is not tried any more. */
export const WebhookDeliveryStatus = z.enum(['pending', 'delivered', 'failed']);
export type WebhookDeliveryStatus = z.infer<typeof WebhookDeliveryStatus>;

export const WebhookDelivery = z
  .object({
    /** The header `webhook-id`: the same for every try, so that receivers know what they have seen. */
    id: WebhookDeliveryId,
    object: z.literal('webhook_delivery'),
    job: JobId,
    type: WebhookDeliveryType,
    url: z.string(),
    status: WebhookDeliveryStatus,
    /** Oldest first. A try whose sender died has no entry. */
    tries: z.array(WebhookTry),
    /** Null unless it is pending. */
    next_try_at: Timestamp.nullable(),
    created_at: Timestamp,
    settled_at: Timestamp.nullable(),
  })
  .meta({ id: 'WebhookDelivery' });
export type WebhookDelivery = z.infer<typeof WebhookDelivery>;

/** What the project's webhook deliveries are signed with. */
export const WebhookSecretResource = z
  .object({
    object: z.literal('webhook_secret'),
    /** `whsec_` and 32 bytes in base64. */
    secret: z.string(),
    /** The secret before it, which signs as well until `previous_expires_at`. */
    previous: z.string().nullable(),
    previous_expires_at: Timestamp.nullable(),
  })
  .meta({ id: 'WebhookSecret' });
export type WebhookSecretResource = z.infer<typeof WebhookSecretResource>;
