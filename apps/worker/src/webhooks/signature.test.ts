import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { signatureHeaders } from './signature.js';

const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'];
const body = '{"type":"job.succeeded","data":{"name":"é, ü \\u0000"}}';

it('is what Standard Webhooks’ own library expects, by each secret', () => {
  const headers = signatureHeaders({ id: 'msg_1', body, secrets }, new Date());
  for (const secret of secrets) {
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow(WebhookVerificationError);
    expect(() => new Webhook(secret).verify(body, { ...headers, 'webhook-id': 'msg_2' })).toThrow(WebhookVerificationError);
  }
  expect(() => new Webhook('whsec_AAAA').verify(body, headers)).toThrow(WebhookVerificationError);
});

it('says when it was sent, so that a recording does not pass later', () => {
  const headers = signatureHeaders({ id: 'msg_1', body, secrets }, new Date(Date.now() - 3_600_000));
  expect(() => new Webhook(secrets[0]!).verify(body, headers)).toThrow(/too old/);
});
