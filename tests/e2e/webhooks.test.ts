import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { JobRequestInput, WebhookDelivery, WebhookEvent, WebhookSecretResource } from '@trainyard/protocol';
import type { AppProcess } from '../support/app-process.js';
import { smallJob, uploadTwoClasses } from '../support/example-jobs.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { verified, WebhookReceiver } from '../support/webhook-receiver.js';

// Webhooks from the job's status to the user's server, which does what servers do: fail, hang, break off, be gone.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let stack: Stack;
let api: JobsApi;
let receiver: WebhookReceiver;
let worker: AppProcess;

const startWorker = (env: NodeJS.ProcessEnv = {}) => stack.startWorker({ WORKER_OUTBOUND_HOSTS: receiver.host, ...env });

beforeAll(async () => {
  [stack, receiver] = await Promise.all([Stack.start(), WebhookReceiver.start()]);
  api = stack.api;
  worker = await startWorker();
  await uploadTwoClasses(api);
});
afterAll(async () => {
  await stack.stop();
  await receiver.stop();
});

const secret = async () => api.get<WebhookSecretResource>('/v1/webhook-secret');
const deliveries = async (id: string) => (await api.get<{ data: WebhookDelivery[] }>(`/v1/jobs/${id}/webhook-deliveries`)).data;
const withWebhook = (path: string, ...events: WebhookEvent[]): Partial<JobRequestInput> => ({ webhook: { url: receiver.url(path), events } });
/** A job that fails at once: its data is not there. */
const failing = (path: string): JobRequestInput => smallJob({ data: { train: { uri: 'files/none.npz', x: 'x', y: 'y' } }, ...withWebhook(path, 'job.failed') });
const untilSettled = (id: string, status: string) =>
  waitFor(`the delivery of ${id} to be ${status}`, async () => {
    const all = await deliveries(id);
    return all.length > 0 && all.every((delivery) => delivery.status === status) ? all : undefined;
  });
/** Lets what waits for its next try, or for a worker's claim to end, be due now. */
const makeDue = (id: string) => stack.postgres.sql.query('UPDATE webhook_deliveries SET next_try_at = now() WHERE job_id = $1 AND next_try_at IS NOT NULL', [id]);

it('tells what it was asked to tell, signed, with the job as it was', async () => {
  const { id } = await api.submit(smallJob({ name: 'é', ...withWebhook('/told', 'job.running', 'job.succeeded', 'job.failed') }));
  const received = await receiver.until('/told', 2);
  const { secret: key } = await secret();
  const payloads = received.map((request) => verified(request, key)).sort((a, b) => a.timestamp.localeCompare(b.timestamp));
  expect(payloads.map(({ type, data: { job } }) => [type, job.id, job.name, job.status])).toEqual([
    ['job.running', id, 'é', 'running'],
    ['job.succeeded', id, 'é', 'succeeded'],
  ]);
  expect(payloads[1]?.data.job).toEqual(await api.job(id));
  const [running, succeeded] = await untilSettled(id, 'delivered');
  expect(succeeded).toMatchObject({ object: 'webhook_delivery', job: id, type: 'job.succeeded', next_try_at: null, tries: [{ status: 200, body: 'thanks', error: null }] });
  expect(new Set(received.map((request) => request.id))).toEqual(new Set([running?.id, succeeded?.id]));
  expect(receiver.at('/told')).toHaveLength(2);
});

it('tries again, with the same id, a server that fails and then works', async () => {
  receiver.behave('/flaky', { status: 500, body: 'in the middle of an update' });
  const { id } = await api.submit(failing('/flaky'));
  const [first, second] = await receiver.until('/flaky', 2);
  expect(second?.id).toBe(first?.id);
  expect(second?.body).toBe(first?.body);
  const sentAt = (request: typeof first) => Number(request?.headers['webhook-timestamp']);
  expect(sentAt(second) - sentAt(first)).toBeGreaterThanOrEqual(4);
  const { secret: key } = await secret();
  expect(verified(second!, key)).toMatchObject({ type: 'job.failed', data: { job: { id, status: 'failed', error: { code: 'data_not_found' } } } });
  expect(await untilSettled(id, 'delivered')).toMatchObject([{ tries: [{ status: 500, body: 'in the middle of an update' }, { status: 200 }] }]);
});

it('goes on when a connection breaks, and when an answer leads elsewhere: redirects are not followed', async () => {
  receiver.behave('/broken', 'break', { status: 302, headers: { location: receiver.url('/elsewhere') } });
  const { id } = await api.submit(failing('/broken'));
  await receiver.until('/broken', 1);
  const tried = (count: number) => waitFor(`${count} tries`, async () => ((await deliveries(id))[0]?.tries.length === count ? true : undefined));
  await tried(1);
  await makeDue(id);
  await tried(2);
  await makeDue(id);
  expect(await untilSettled(id, 'delivered')).toMatchObject([{ tries: [{ status: null, body: null, error: expect.stringMatching(/socket hang up|ECONNRESET/) }, { status: 302 }, { status: 200 }] }]);
  expect(receiver.at('/elsewhere')).toEqual([]);
});

it('does not wait for a server that hangs, and meanwhile serves the others', async () => {
  const other = await api.submit(failing('/prompt'));
  await untilSettled(other.id, 'delivered');
  receiver.behave('/hangs', 'hang');
  const { id } = await api.submit(failing('/hangs'));
  await receiver.until('/hangs', 1);
  await api.call('POST', `/v1/jobs/${other.id}/webhook-deliveries/test`, {});
  const [, prompt] = await waitFor('the others', async () => {
    const all = await deliveries(other.id);
    return all[1]?.status === 'delivered' ? all : undefined;
  });
  const [given] = await waitFor('the first try to be given up', async () => {
    const all = await deliveries(id);
    return (all[0]?.tries.length ?? 0) > 0 ? all : undefined;
  });
  expect(given?.tries[0]).toMatchObject({ status: null, error: 'no answer within 15 s' });
  const { at, duration_ms } = given!.tries[0]!;
  expect(Date.parse(prompt!.settled_at!)).toBeLessThan(Date.parse(at) + duration_ms);
  await makeDue(id);
  await untilSettled(id, 'delivered');
});

it('is delivered by another worker when the one that sends it is killed', async () => {
  receiver.behave('/killed', 'hang');
  const { id } = await api.submit(failing('/killed'));
  await receiver.until('/killed', 1);
  await worker.kill();
  await makeDue(id);
  worker = await startWorker();
  const [first, second] = await receiver.until('/killed', 2);
  expect(second?.id).toBe(first?.id);
  expect(await untilSettled(id, 'delivered')).toMatchObject([{ id: first?.id, tries: [{ status: 200 }] }]);
});

it('is not lost while there is no worker at all', async () => {
  await worker.stop();
  const { id } = await api.submit(smallJob(withWebhook('/waited', 'job.cancelled')));
  await api.act(id, 'cancel');
  expect(await deliveries(id)).toMatchObject([{ type: 'job.cancelled', status: 'pending', tries: [] }]);
  worker = await startWorker();
  await untilSettled(id, 'delivered');
});

it('ends for a job whose receiver is gone, until a test is taken', async () => {
  receiver.behave('/gone', { status: 410 });
  const { id } = await api.submit(failing('/gone'));
  await untilSettled(id, 'failed');
  expect((await api.job(id)).webhook?.disabled_at).not.toBeNull();
  await api.act(id, 'retry');
  expect(await api.until(id, 'failed')).toMatchObject({ attempt: 2 });
  expect(await deliveries(id)).toHaveLength(1);

  const test = await api.call<WebhookDelivery>('POST', `/v1/jobs/${id}/webhook-deliveries/test`, {});
  expect(test).toMatchObject({ status: 202, body: { type: 'webhook.test', status: 'pending', tries: [] } });
  const [, tested] = await receiver.until('/gone', 2);
  expect(verified(tested!, (await secret()).secret)).toMatchObject({ type: 'webhook.test', data: { job: { id } } });
  await waitFor('the webhook to be enabled', async () => ((await api.job(id)).webhook?.disabled_at === null ? true : undefined));
});

it('a test is sent once', async () => {
  const { id } = await api.submit(smallJob(withWebhook('/test', 'job.paused')));
  receiver.behave('/test', { status: 503, body: 'no' });
  const { body } = await api.call<WebhookDelivery>('POST', `/v1/jobs/${id}/webhook-deliveries/test`, {});
  expect(await untilSettled(id, 'failed')).toMatchObject([{ id: body.id, tries: [{ status: 503, body: 'no' }], next_try_at: null }]);
  const bare = await api.submit(smallJob());
  expect((await api.call<{ detail: string }>('POST', `/v1/jobs/${bare.id}/webhook-deliveries/test`, {})).body).toMatchObject({ status: 404, detail: expect.stringContaining('has no webhook') });
});

it('is signed with the new secret and, for a day, with the one before', async () => {
  const before = await secret();
  const { body: changed } = await api.call<WebhookSecretResource>('POST', '/v1/webhook-secret/change', {});
  expect(changed).toMatchObject({ previous: before.secret, previous_expires_at: expect.any(String) });
  expect(changed.secret).not.toBe(before.secret);
  await api.submit(failing('/changed'));
  const [request] = await receiver.until('/changed', 1);
  for (const key of [changed.secret, before.secret]) expect(verified(request!, key)).toMatchObject({ type: 'job.failed' });
});

it('reaches no address that the operator has not opened', async () => {
  await worker.stop();
  worker = await startWorker({ WORKER_OUTBOUND_HOSTS: '' });
  const { id } = await api.submit(failing('/closed'));
  await waitFor('a try', async () => ((await deliveries(id))[0]?.tries.length === 1 ? true : undefined));
  expect(await deliveries(id)).toMatchObject([{ status: 'pending', tries: [{ status: null, error: expect.stringContaining('is not a public address') }] }]);
  expect(receiver.at('/closed')).toEqual([]);
});
