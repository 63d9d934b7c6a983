import type { ClaimedWebhook, WebhookOutcome } from '@trainyard/database';
import type { WebhookTry } from '@trainyard/protocol';
import { post, type OutboundAnswer } from '../outbound/post.js';
import { waitAfter } from './backoff.js';
import { signatureHeaders } from './signature.js';

/** For the whole exchange. */
export const timeoutMs = 15_000;
/** Of an answer's body, kept for whoever looks into why it failed. */
const keepBytes = 1_024;
const gone = 410;

/** Sends a webhook delivery once. Whatever happens is an outcome: this does not throw. */
export async function tryWebhook(delivery: ClaimedWebhook, allowedHosts: readonly string[]): Promise<{ tried: WebhookTry; outcome: WebhookOutcome }> {
  const now = new Date();
  const began = performance.now();
  const ended = () => ({ at: now.toISOString(), duration_ms: Math.round(performance.now() - began) });
  try {
    const headers = { 'content-type': 'application/json', 'user-agent': 'Trainyard', ...signatureHeaders(delivery, now) };
    const answer = await post({ url: new URL(delivery.url), headers, body: delivery.body, allowedHosts, timeoutMs, keepBytes });
    return { tried: { ...ended(), status: answer.status, body: answer.body, error: null }, outcome: outcomeOf(delivery, answer) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { tried: { ...ended(), status: null, body: null, error: message }, outcome: failed(delivery) };
  }
}

function outcomeOf(delivery: ClaimedWebhook, { status, headers }: OutboundAnswer): WebhookOutcome {
  if (status >= 200 && status < 300) return { status: 'delivered' };
  if (status === gone) return { status: 'failed', gone: true };
  return failed(delivery, 1000 * retryAfterS(headers['retry-after']));
}

/** A test is tried once: whoever asked for it is waiting for the answer. */
function failed({ type, begun }: ClaimedWebhook, retryAfterMs?: number): WebhookOutcome {
  const waitMs = type === 'webhook.test' ? undefined : waitAfter(begun, retryAfterMs);
  return waitMs === undefined ? { status: 'failed', gone: false } : { status: 'pending', waitMs };
}

/** Of the header's two forms the one in seconds; a date is left to the schedule. */
const retryAfterS = (value: string | undefined): number => (value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : 0);
