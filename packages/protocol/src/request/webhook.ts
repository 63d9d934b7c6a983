import { z } from 'zod';

/** What a webhook can ask to be told: that the job came to this status. */
export const webhookEvents = ['job.succeeded', 'job.failed', 'job.cancelled', 'job.paused', 'job.running'] as const;
export const WebhookEvent = z.enum(webhookEvents);
export type WebhookEvent = z.infer<typeof WebhookEvent>;

/** A password in a URL would be shown to whoever may read the job; what tells receivers who sends is the signature. */
const hasNoUser = (url: string): boolean => {
  const { username, password } = new URL(url);
  return username === '' && password === '';
};

/** Whom a job tells of its statuses. */
export const Webhook = z.strictObject({
  url: z
    .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
    .max(2048)
    .refine((url) => !URL.canParse(url) || hasNoUser(url), { error: 'expected a URL without user and password; receivers know us by the signature' }),
  events: z.array(WebhookEvent).min(1),
});
export type Webhook = z.infer<typeof Webhook>;
