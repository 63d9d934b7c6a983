import { WebhookPayload, type WebhookEvent, type WebhookTry } from '@trainyard/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { claimJob } from '../attempts/claim-job.js';
import { endAttempt } from '../attempts/end-attempt.js';
import { deleteJob, requestIntent } from '../jobs/change-job.js';
import { findAnyJob } from '../jobs/find-jobs.js';
import { leaseMs, queuedJob, runningJob } from '../testing/example-job.js';
import { createScratchDatabase, type ScratchDatabase } from '../testing/scratch-database.js';
import { createWebhookTest, listWebhookDeliveries } from './webhook-deliveries.js';
import { changeWebhookSecret, findWebhookSecrets } from './webhook-secrets.js';
import { claimWebhooks, settleWebhook, type ClaimedWebhook } from './webhook-tries.js';

let scratch: ScratchDatabase;
beforeAll(async () => {
  scratch = await createScratchDatabase();
});
afterAll(() => scratch.drop());
beforeEach(async () => {
  await scratch.sql.query('DELETE FROM webhook_deliveries');
});

const webhook = (...events: WebhookEvent[]) => ({ webhook: { url: 'https://example.org/hook', events } });
const answered = (status: number): WebhookTry => ({ at: new Date().toISOString(), duration_ms: 5, status, body: 'ok', error: null });
const claim = () => claimWebhooks(scratch.database, { limit: 10, leaseMs: 60_000 });
const list = async (jobId: string) => (await listWebhookDeliveries(scratch.database, jobId, { limit: 100, after: undefined })).deliveries;

async function claimOne(): Promise<ClaimedWebhook> {
  const [delivery, ...others] = await claim();
  expect(others).toEqual([]);
  return delivery!;
}

test('a status that the webhook asks for is written with the job as it then is; others are not', async () => {
  const { database } = scratch;
  const ref = await runningJob(database, webhook('job.running', 'job.succeeded'));
  await endAttempt(database, ref, { status: 'succeeded', stopReason: 'completed' });
  expect((await list(ref.jobId)).map(({ type, status, url, tries }) => ({ type, status, url, tries }))).toEqual(
    ['job.running', 'job.succeeded'].map((type) => ({ type, status: 'pending', url: 'https://example.org/hook', tries: [] })),
  );
  const payloads = (await claim()).map(({ body }) => WebhookPayload.parse(JSON.parse(body)));
  expect(payloads.map(({ type, data: { job } }) => [type, job.id, job.status, job.attempt, job.stop_reason])).toEqual([
    ['job.running', ref.jobId, 'running', 1, null],
    ['job.succeeded', ref.jobId, 'succeeded', 1, 'completed'],
  ]);
  const other = await runningJob(database, webhook('job.failed'));
  await endAttempt(database, other, { status: 'paused' });
  expect(await list(other.jobId)).toEqual([]);
});

test('every way to a status tells it: a user’s wish, a worker that was lost, the last attempt', async () => {
  const { database } = scratch;
  const all = webhook('job.running', 'job.paused', 'job.cancelled', 'job.failed');
  const queued = await queuedJob(database, all);
  await requestIntent(database, queued.projectId, queued.id, 'pause');
  await requestIntent(database, queued.projectId, queued.id, 'cancel');
  expect((await list(queued.id)).map(({ type }) => type)).toEqual(['job.paused', 'job.cancelled']);
  const ref = await runningJob(database, { ...all, limits: { max_attempts: 1 } });
  await endAttempt(database, ref, { status: 'queued', reason: 'worker lost', fault: { code: 'worker_lost', message: 'gone', pointer: null, retryable: true } });
  expect((await list(ref.jobId)).map(({ type }) => type)).toEqual(['job.running', 'job.failed']);
  const failed = (await claim()).map(({ body }) => WebhookPayload.parse(JSON.parse(body))).find(({ type }) => type === 'job.failed');
  expect(failed?.data.job.error).toMatchObject({ code: 'attempts_exhausted' });
});

test('a status that is not committed tells nothing', async () => {
  const { database } = scratch;
  const { id } = await queuedJob(database, webhook('job.running'));
  await scratch.sql.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$`);
  await scratch.sql.query('CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON webhook_deliveries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()');
  try {
    await expect(claimJob(database, { job: id, attempt: 1 }, { worker: 'w', leaseMs })).rejects.toThrow();
  } finally {
    await scratch.sql.query('DROP TRIGGER refuse ON webhook_deliveries; DROP FUNCTION refuse');
  }
  expect(await list(id)).toEqual([]);
  expect(await findAnyJob(database, id)).toMatchObject({ status: 'queued' }); // neither is there without the other
});

test('of many workers one gets each delivery, and another one when it died', async () => {
  const { database, sql } = scratch;
  const ref = await runningJob(database, webhook('job.running'));
  for (let i = 0; i < 5; i++) await createWebhookTest(database, ref.jobId);
  const claims = (await Promise.all(Array.from({ length: 6 }, () => claimWebhooks(database, { limit: 2, leaseMs: 60_000 })))).flat();
  expect(new Set(claims.map(({ id }) => id)).size).toBe(6);
  expect(claims).toHaveLength(6);
  expect(await claim()).toEqual([]);
  await sql.query('UPDATE webhook_deliveries SET next_try_at = now()'); // the lease is over
  const again = await claim();
  expect(again.map(({ begun }) => begun)).toEqual([2, 2, 2, 2, 2, 2]);
  const [late] = claims;
  expect(await settleWebhook(database, late!, answered(500), { status: 'failed', gone: false })).toBe(false);
  expect(await settleWebhook(database, again.find(({ id }) => id === late!.id)!, answered(200), { status: 'delivered' })).toBe(true);
  expect((await list(ref.jobId)).find(({ id }) => id === late!.id)).toMatchObject({ status: 'delivered', nextTryAt: null, tries: [{ status: 200 }] });
});

test('tries are kept in order, and what waits is due later', async () => {
  const { database, sql } = scratch;
  const ref = await runningJob(database, webhook('job.running'));
  await settleWebhook(database, await claimOne(), { ...answered(500), body: 'a \u0000 "b" é' }, { status: 'pending', waitMs: 60_000 });
  expect(await claim()).toEqual([]);
  const [waiting] = await list(ref.jobId);
  expect(waiting!.nextTryAt!.getTime() - Date.now()).toBeGreaterThan(50_000);
  await sql.query('UPDATE webhook_deliveries SET next_try_at = now()');
  await settleWebhook(database, await claimOne(), answered(204), { status: 'delivered' });
  expect(await list(ref.jobId)).toMatchObject([{ status: 'delivered', tries: [{ status: 500, body: 'a \u0000 "b" é' }, { status: 204 }], settledAt: expect.any(Date) }]);
});

test('a receiver that is gone is sent nothing more, until it takes a test', async () => {
  const { database } = scratch;
  const ref = await runningJob(database, webhook('job.running', 'job.cancelled', 'job.paused'));
  const first = await claimOne();
  await createWebhookTest(database, ref.jobId);
  await settleWebhook(database, first, answered(410), { status: 'failed', gone: true });
  expect((await list(ref.jobId)).map(({ status }) => status)).toEqual(['failed', 'failed']);
  expect((await findAnyJob(database, ref.jobId))?.webhookDisabledAt).toBeInstanceOf(Date);
  await endAttempt(database, ref, { status: 'paused' });
  expect(await claim()).toEqual([]);
  await createWebhookTest(database, ref.jobId);
  await settleWebhook(database, await claimOne(), answered(200), { status: 'delivered' });
  await requestIntent(database, ref.projectId, ref.jobId, 'cancel');
  expect(await claimOne()).toMatchObject({ type: 'job.cancelled' });
});

test('a test needs a webhook, and deliveries go with their job', async () => {
  const { database, sql } = scratch;
  expect(await createWebhookTest(database, (await queuedJob(database)).id)).toBeUndefined();
  const { id, projectId } = await queuedJob(database, webhook('job.cancelled'));
  await requestIntent(database, projectId, id, 'cancel');
  expect(await deleteJob(database, projectId, id)).toBe(true);
  expect((await sql.query('SELECT 1 FROM webhook_deliveries')).rows).toEqual([]);
});

test('each project has a secret of its own; one that was changed signs for another day', async () => {
  const { database, sql } = scratch;
  const { projectId } = await runningJob(database, webhook('job.running'));
  const { secret, previous } = await findWebhookSecrets(database, projectId);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(previous).toBeNull();
  expect((await claimOne()).secrets).toEqual([secret]);
  const changed = await changeWebhookSecret(database, projectId);
  expect(changed.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(changed.previous).toEqual({ secret, expiresAt: expect.any(Date) });
  expect(Math.abs(changed.previous!.expiresAt.getTime() - Date.now() - 86_400_000)).toBeLessThan(60_000);
  await sql.query('UPDATE webhook_deliveries SET next_try_at = now()');
  expect((await claimOne()).secrets).toEqual([changed.secret, secret]);
  await sql.query("UPDATE projects SET webhook_secret_changed_at = now() - interval '25 hours'");
  expect(await findWebhookSecrets(database, projectId)).toEqual({ secret: changed.secret, previous: null });
});
