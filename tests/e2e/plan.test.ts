import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { EventData, JobRequestInput } from '@trainyard/protocol';
import { encodeNpz } from '@trainyard/ndarray';
import { twoClasses } from '../support/example-jobs.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

// How a job's steps are executed: chosen before the first one, told, and the same for jobs that are alike.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let stack: Stack;
let api: JobsApi;
beforeAll(async () => {
  stack = await Stack.start();
  api = stack.api;
  await stack.startWorker();
  const { x, y } = twoClasses(128);
  await api.upload('two-classes.npz', encodeNpz([['x', x], ['y', y]]));
});
afterAll(() => stack.stop());

const dense = (name: string, units: number, activation: string, shape: object = {}) => ({ class_name: 'Dense', config: { name, units, activation, ...shape } });
const job = (epochs: number, lr = 0.01): JobRequestInput => ({
  model: {
    class_name: 'Sequential',
    keras_version: '2.0.8',
    config: [dense('first', 512, 'relu', { batch_input_shape: [null, 8] }), dense('second', 512, 'relu'), dense('output', 1, 'sigmoid')],
  },
  compile: { optimizer: { class_name: 'SGD', config: { lr } }, loss: 'binary_crossentropy' },
  data: { train: { uri: 'files/two-classes.npz', x: 'x', y: 'y' } },
  fit: { batch_size: 64, epochs, verbose: 0 },
});

/** What the job's first event `plan` says; its row says the same by then. */
async function planOf(id: string): Promise<EventData<'plan'>> {
  const chosen = await waitFor(`${id} to have a plan`, async () => (await api.events(id)).flatMap((event) => (event.type === 'plan' ? event.data : []))[0]);
  expect((await api.job(id)).plan).toEqual(chosen.plan);
  return chosen;
}

/** Long enough for plans to be worth measuring; nobody waits for its end. */
async function planOfLong(request: JobRequestInput): Promise<EventData<'plan'>> {
  const { id } = await api.submit(request);
  const chosen = await planOf(id);
  await api.act(id, 'cancel', { mode: 'kill' });
  await api.until(id, 'cancelled');
  return chosen;
}

it('of a short job follows from its size', async () => {
  const { id, plan } = await api.submit(job(3));
  expect(plan).toBeNull();
  await api.until(id, 'succeeded');
  expect(await planOf(id)).toMatchObject({ plan: { steps_per_run: 1 }, basis: 'size', trials: [], batch_size: 64, steps: 6, machine: expect.stringMatching(/cores, .*TensorFlow/) });
});

it('of a long job is measured, and remembered for those that are like it', async () => {
  const first = await planOfLong(job(10_000));
  expect(first).toMatchObject({ basis: 'measured', steps: 20_000 });
  expect(first.fingerprint).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(first.trials.length).toBeGreaterThan(1);
  expect(first.trials.map(({ plan }) => plan)).toContainEqual(first.plan);
  for (const { ms_per_step, error } of first.trials) expect(error ?? ms_per_step).toBeTruthy();

  expect(await planOfLong(job(10_000))).toEqual({ ...first, basis: 'remembered', trials: [] });

  const other = await planOfLong(job(10_000, 0.02));
  expect(other.basis).toBe('measured');
  expect(other.fingerprint).not.toBe(first.fingerprint);
});
