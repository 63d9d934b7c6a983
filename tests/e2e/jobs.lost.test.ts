import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { smallJob, uploadTwoClasses } from '../support/example-jobs.js';
import type { AppProcess } from '../support/app-process.js';
import { resultOf, type JobResult } from '../support/job-result.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';
import { openTcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

// Whatever is lost on the way, a job ends as it would have ended undisturbed.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 }); // a lease is waited for, perhaps on a busy machine

let stack: Stack;
let api: JobsApi;
let worker: AppProcess;
const epochs = 20;
const job = smallJob({
  fit: { batch_size: 4, epochs, validation_split: 0.1 },
  callbacks: [
    { class_name: 'ModelCheckpoint', config: { filepath: 'best.h5', save_best_only: true } },
    { class_name: 'ReduceLROnPlateau', config: { patience: 2, factor: 0.5 } },
  ],
});
/** What the job comes to when nothing happens to it. */
let undisturbed: JobResult;

beforeAll(async () => {
  stack = await Stack.start();
  api = stack.api;
  worker = await stack.startWorker();
  await uploadTwoClasses(api);
  const { id } = await api.submit(job);
  await api.until(id, 'succeeded');
  undisturbed = await resultOf(api, id);
  expect(undisturbed.epoch).toEqual(Array.from({ length: epochs }, (_, i) => i));
});
afterAll(() => stack.stop());
beforeEach(async () => {
  if (!worker.running) worker = await stack.startWorker();
});

/** Waits until a snapshot is stored and some epochs beyond it have ended: they will be undone. */
async function untilSnapshot(id: string): Promise<void> {
  await waitFor('a snapshot', async () => {
    const { rows } = await stack.postgres.sql.query('SELECT 1 FROM jobs JOIN history_rows ON job_id = id AND step > snapshot_step WHERE id = $1', [id]);
    return rows.length > 1 ? true : undefined;
  });
}

/** The job ends by its second attempt, which went on from the first one's snapshot, as if nothing had happened. */
async function expectUndisturbed(id: string, result = undisturbed): Promise<void> {
  const done = await api.until(id, 'succeeded');
  expect(done.attempt).toBe(2);
  expect(await resultOf(api, id)).toEqual(result);
  const events = await api.events(id);
  const plans = events.filter((event) => event.type === 'plan');
  expect(plans).toMatchObject([{ attempt: 1, data: { plan: done.plan } }]);
  const rewound = events.flatMap((event) => (event.type === 'rewound' ? event.data : []));
  expect(rewound).toHaveLength(1);
  expect(rewound[0]?.epoch).toBeGreaterThan(0);
}

describe('a job goes on from its last snapshot', () => {
  it('when its training process is killed', async () => {
    const { id } = await api.submit(job);
    await untilSnapshot(id);
    const [pid] = await worker.children();
    process.kill(pid as number, 'SIGKILL');
    await expectUndisturbed(id);
    const lost = (await api.events(id)).find((event) => event.type === 'status' && event.data.status === 'queued' && event.data.previous === 'running');
    expect(lost?.data).toMatchObject({ reason: 'worker lost' });
    const { data } = await api.get<{ data: { bytes: number }[] }>(`/v1/jobs/${id}/tensorboard`);
    expect(data).toHaveLength(1); // the second attempt took over what the first one's held
  });

  it('also where it streams its data, shuffled', async () => {
    const { data } = job;
    const streamed = { ...job, fit: undefined, fit_generator: { batch_size: 4, epochs, steps_per_epoch: 100, validation_steps: 10 }, data: { ...data, validation: data.train } };
    const { id: left } = await api.submit(streamed);
    await api.until(left, 'succeeded');
    const { id } = await api.submit(streamed);
    await untilSnapshot(id);
    const [pid] = await worker.children();
    process.kill(pid as number, 'SIGKILL');
    await expectUndisturbed(id, await resultOf(api, left));
  });

  it('when its worker is killed, by another one, and no process is left behind', async () => {
    const { id } = await api.submit(job);
    await untilSnapshot(id);
    const children = await waitFor('the process for the next job', async () => {
      const pids = await worker.children();
      return pids.length === 2 ? pids : undefined;
    });
    await worker.kill();
    await waitFor('its processes to end', async () => ((await Promise.all(children.map(isAlive))).includes(true) ? undefined : true));
    worker = await stack.startWorker();
    await expectUndisturbed(id);
  });

  it('when its worker is told to end: it gives the job back', async () => {
    const { id } = await api.submit(job);
    await untilSnapshot(id);
    const children = await worker.children();
    await worker.stop();
    expect(await Promise.all(children.map(isAlive))).not.toContain(true);
    expect(await api.job(id)).toMatchObject({ status: 'queued', attempt: 1, error: null });
    worker = await stack.startWorker();
    await expectUndisturbed(id);
  });
});

it('a queue that forgets everything delays a job, and loses none', async () => {
  await worker.stop();
  const { id } = await api.submit(smallJob());
  await forgetEverything(stack.redis.url);
  worker = await stack.startWorker();
  expect(await api.until(id, 'succeeded')).toMatchObject({ attempt: 1 });
});

it('a queue that is away when the job is posted delays it', async () => {
  await stack.redis.kill();
  const { id } = await api.submit(smallJob());
  await stack.redis.start();
  await api.until(id, 'succeeded');
});

it('a database that is away for some seconds delays a job, and nothing of it is lost', async () => {
  await worker.stop();
  const proxy = await openTcpProxy(stack.postgres.url);
  worker = await stack.startWorker({ DATABASE_URL: proxy.url });
  const { id } = await api.submit(job);
  await untilSnapshot(id);
  await proxy.cut();
  await sleep(2_000);
  await proxy.restore();
  expect(await api.until(id, 'succeeded')).toMatchObject({ attempt: 1 });
  expect(await resultOf(api, id)).toEqual(undisturbed);
  await worker.stop();
  await proxy.cut();
});

describe('what the user wants of a running job', () => {
  const long = smallJob({ fit: { batch_size: 4, epochs: 100_000 } });

  it('stop: it succeeds with what it has', async () => {
    const { id } = await api.submit(long);
    await api.untilEpoch(id, 2);
    await api.act(id, 'stop');
    expect(await api.until(id, 'succeeded')).toMatchObject({ stop_reason: 'user_stop' });
    expect((await api.checkpoints(id)).at(-1)?.labels).toContain('final');
  });

  it('cancel: it keeps a final checkpoint', async () => {
    const { id } = await api.submit(long);
    await api.untilEpoch(id, 1);
    await api.act(id, 'cancel');
    await api.until(id, 'cancelled');
    expect((await api.checkpoints(id)).at(-1)?.labels).toContain('final');
  });

  it('pause: it lets go of the worker', async () => {
    const { id } = await api.submit(long);
    await api.untilEpoch(id, 1);
    await api.act(id, 'pause');
    expect(await api.until(id, 'paused')).toMatchObject({ phase: null, error: null });
    const other = await api.submit(smallJob());
    await api.until(other.id, 'succeeded');
  });

  it('cancel at once: its process is killed', async () => {
    const { id } = await api.submit(long);
    await api.untilEpoch(id, 1);
    const [pid] = await worker.children();
    await api.act(id, 'cancel', { mode: 'kill' });
    await api.until(id, 'cancelled');
    expect(await api.checkpoints(id)).toEqual([]);
    await waitFor('the process to end', async () => ((await isAlive(pid as number)) ? undefined : true));
  });
});

async function forgetEverything(redisUrl: string): Promise<void> {
  const { hostname, port } = new URL(redisUrl);
  const socket = connect(Number(port), hostname);
  socket.write('FLUSHALL\r\n');
  const [answer] = await once(socket, 'data');
  socket.destroy();
  expect(String(answer)).toBe('+OK\r\n');
}

/** Whether a process runs. One that has ended, and whose new parent has not asked for its end, does not. */
async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return status !== '' && !/^State:\s+Z/m.test(status);
}
