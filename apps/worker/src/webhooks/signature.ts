import { createHmac } from 'node:crypto';

const prefix = 'whsec_';

/**
 * The headers that tell a receiver which delivery this is, when it was sent, and that it comes from us (Standard Webhooks): the
 * signature is the HMAC-SHA256 of `<id>.<timestamp>.<body>`.
 *
 * @param secrets `whsec_` and base64, each of which signs: while a project changes its secret there are two.
 */
export function signatureHeaders({ id, body, secrets }: { readonly id: string; readonly body: string; readonly secrets: readonly string[] }, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
