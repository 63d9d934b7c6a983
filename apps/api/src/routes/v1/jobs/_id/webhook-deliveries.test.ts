import { claimWebhooks, endAttempt, settleWebhook } from '@trainyard/database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApi, type TestApi } from '../../../../testing/api.js';
import { createdJob, runningJob } from '../../../../testing/attempt.js';
import { jobBody } from '../../../../testing/examples.js';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const webhook = { url: 'https://example.org/hook', events: ['job.running', 'job.succeeded'] };
const body = { ...jobBody, webhook };
const get = (url: string, headers = {}) => api.call({ method: 'GET', url, headers });

test('a job shows its webhook', async () => {
  expect((await get(`/v1/jobs/${await createdJob(api, body)}`)).json().webhook).toEqual({ ...webhook, disabled_at: null });
  expect((await get(`/v1/jobs/${await createdJob(api)}`)).json().webhook).toBeNull();
});

test('deliveries are listed page by page with the answers', async () => {
  const ref = await runningJob(api, body);
  const [claimed] = await claimWebhooks(api.scratch.database, { limit: 1, leaseMs: 60_000 });
  const tried = { at: '2026-11-28T10:00:00.000Z', duration_ms: 12, status: 500, body: 'oh', error: null };
  await settleWebhook(api.scratch.database, claimed!, tried, { status: 'pending', waitMs: 5_000 });
  await endAttempt(api.scratch.database, ref, { status: 'succeeded', stopReason: 'completed' });
  const url = `/v1/jobs/${ref.jobId}/webhook-deliveries`;
  const first = (await get(`${url}?limit=1`)).json();
  expect(first).toMatchObject({ object: 'list', has_more: true, data: [{ id: claimed!.id, object: 'webhook_delivery', job: ref.jobId, type: 'job.running', url: webhook.url, status: 'pending', tries: [tried], next_try_at: expect.any(String), settled_at: null }] });
  const second = (await get(`${url}?after=${first.last_id}`)).json();
  expect(second).toMatchObject({ has_more: false, data: [{ type: 'job.succeeded', status: 'pending', tries: [] }] });
  expect((await get(`${url}?after=nonsense`)).statusCode).toBe(400);
  expect((await get(url, await api.keyHeaders(['admin'], 'other'))).statusCode).toBe(404);
  expect((await get('/metrics')).body).toMatch(/trainyard_webhook_deliveries_pending [1-9]/);
});

test('a test is a delivery, of jobs that have a webhook', async () => {
  const test = async (id: string) => api.call({ method: 'POST', url: `/v1/jobs/${id}/webhook-deliveries/test`, payload: {} });
  const made = await test(await createdJob(api, body));
  expect(made.statusCode).toBe(202);
  expect(made.json()).toMatchObject({ id: expect.stringMatching(/^msg_/), type: 'webhook.test', status: 'pending', tries: [] });
  expect((await test(await createdJob(api))).json()).toMatchObject({ status: 404, detail: expect.stringContaining('has no webhook') });
});

describe('the secret', () => {
  test('is for admin keys alone, and is the project’s own', async () => {
    const { secret } = (await get('/v1/webhook-secret')).json();
    expect(secret).toMatch(/^whsec_/);
    expect((await get('/v1/webhook-secret', await api.keyHeaders(['admin'], 'other'))).json().secret).not.toBe(secret);
    const train = await api.keyHeaders(['read', 'train', 'predict']);
    expect((await get('/v1/webhook-secret', train)).statusCode).toBe(403);
    expect((await api.call({ method: 'POST', url: '/v1/webhook-secret/change', payload: {}, headers: train })).statusCode).toBe(403);
  });

  test('changes, and the one before is told', async () => {
    const { secret } = (await get('/v1/webhook-secret')).json();
    const changed = (await api.call({ method: 'POST', url: '/v1/webhook-secret/change', payload: {} })).json();
    expect(changed).toMatchObject({ object: 'webhook_secret', previous: secret, previous_expires_at: expect.any(String) });
    const now = await get('/v1/webhook-secret');
    expect(now.json()).toEqual(changed);
    expect(now.headers['cache-control']).toBe('no-store');
  });
});
