import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { ensurePeers } from '@trainyard/bench/install-peers';
import { decodeNpz, encodeNpy, sliceRows } from '@trainyard/ndarray';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { KERAS_PEERS, pythonEnvironment } from '../support/python.js';
import { Stack } from '../support/stack.js';
import { thorough } from '../support/thorough.js';

// Trainyard in the hands of somebody who has Keras: a job's checkpoint, and the Python client with live models.

vi.setConfig({ testTimeout: 600_000, hookTimeout: 240_000 });

const digits = path.resolve(import.meta.dirname, '../../examples/digits');
const ROWS = 16;

let stack: Stack;
beforeAll(async () => {
  stack = await Stack.start({ predictor: true });
  await stack.startWorker({ WORKER_CONCURRENCY: '2' });
});
afterAll(() => stack.stop());

const PREDICT = `
import json, sys
import numpy as np
import tf_keras
folder = sys.argv[1]
model = tf_keras.models.load_model(folder + '/digits.h5')
print(json.dumps(model.predict(np.load(folder + '/x.npy'), verbose=0).tolist()))
`;

test('the .h5 of a trained job opens in tf-keras, and predicts what /predict answers', async (context) => {
  const python = await pythonEnvironment(KERAS_PEERS);
  if ('skipped' in python) return context.skip(python.skipped);
  const { api } = stack;
  const data = await readFile(path.join(digits, 'digits.npz'));
  await api.upload('digits.npz', data);
  const [spec, model] = await Promise.all(['spec.json', 'model.json'].map(async (file) => JSON.parse(await readFile(path.join(digits, file), 'utf8')) as Record<string, unknown>));
  const { id } = await api.submit({ ...spec, model, fit: { ...(spec?.['fit'] as object), epochs: 2 } } as never);
  await api.until(id, 'succeeded');

  const raw = decodeNpz(new Uint8Array(data)).get('x');
  if (!raw) throw new Error('expected an array x in digits.npz');
  // As the example's source scales it: /predict is sent what the model sees.
  const first = sliceRows(raw, 0, ROWS);
  const x = { dtype: 'float32' as const, shape: first.shape, data: Float32Array.from(first.data as Uint8Array, (pixel) => pixel / 16) };
  const size = x.data.length / ROWS;
  const instances = Array.from({ length: ROWS }, (_, row) => nest([...x.data.subarray(row * size, (row + 1) * size)], x.shape.slice(1)));
  const { body } = await api.call<{ predictions: number[][] }>('POST', `/v1/jobs/${id}/predict`, { instances, checkpoint: 'final' });

  await writeFile(path.join(stack.folder, 'digits.h5'), await api.bytes(`/v1/jobs/${id}/checkpoints/final/content`));
  await writeFile(path.join(stack.folder, 'x.npy'), encodeNpy(x));
  const keras = (await python.run(PREDICT, [stack.folder])) as number[][];
  expect(keras).toHaveLength(ROWS);
  const errors = keras.flatMap((row, i) => row.map((value, j) => Math.abs(value - (body.predictions[i]?.[j] ?? NaN))));
  expect(errors).toHaveLength(ROWS * 10);
  expect(Math.max(...errors)).toBeLessThan(1e-5);
});

// What is compared is in Python, where Keras is: clients/python/tests.
describe('the Python client, as pip installs it', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const tests = path.join(root, 'clients/python/tests');
  const execute = promisify(execFile);
  let peers: { python: string; folder: string } | { skipped: string };
  let installed: string;

  beforeAll(async () => {
    peers = await ensurePeers(process.env).catch((error: Error) => ({ skipped: error.message }));
    if ('skipped' in peers) return;
    installed = path.join(stack.folder, 'python');
    await execute(peers.python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--target', installed, path.join(root, 'clients/python')]);
  }, 900_000);

  /** Runs Python with the client and the peers, in a folder of its own, and answers what it wrote. @throws Error with that when it fails */
  async function run(name: string, { python, folder }: { python: string; folder: string }, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    const cwd = path.join(stack.folder, name);
    await mkdir(cwd);
    const packages = [installed, path.join(folder, 'site')].join(path.delimiter);
    const quiet = { PYTHONDONTWRITEBYTECODE: '1', KERAS_BACKEND: 'tensorflow', CUDA_VISIBLE_DEVICES: '-1', TF_CPP_MIN_LOG_LEVEL: '3' };
    const all = { ...quiet, PATH: process.env['PATH'], HOME: cwd, TMPDIR: cwd, PYTHONPATH: packages, TRAINYARD_URL: stack.api.url, ...env };
    const { stdout, stderr } = await execute(python, ['-s', '-W', 'ignore', ...args], { cwd, env: all, maxBuffer: 2 ** 24 }).catch(({ stdout, stderr }: { stdout?: string; stderr?: string }) => {
      throw new Error(`Python failed:\n${stdout}\n${stderr}`);
    });
    return stdout + stderr;
  }

  test('passes the tests that need neither Keras nor a server', async (context) => {
    if ('skipped' in peers) return context.skip(peers.skipped);
    expect(await run('units', peers, ['-m', 'unittest', 'discover', '-s', tests])).toMatch(/^OK$/m);
  });

  test('trains live models of genuine Keras 2.0.8, of tf-keras and of Keras 3 as these train them by themselves', async (context) => {
    if ('skipped' in peers) return context.skip(peers.skipped);
    const { folder } = peers;
    const some = thorough ? [] : ['-k', 'test_the_example_of_the_documentation', '-k', 'test_history_and_weights_are_those_of_keras', '-k', 'test_ctrl_c_leaves_the_job_running'];
    const live = [path.join(tests, 'live/test_live.py'), path.join(root, 'docs/python.md'), ...some];
    const outputs = await Promise.all([
      run('keras208', peers, live, { TRAINYARD_TEST_KERAS208: path.join(folder, 'keras208') }),
      run('keras', peers, live, { TRAINYARD_TEST_KERAS: thorough ? 'keras,tf_keras' : 'keras' }),
    ]);
    for (const output of outputs) expect(JSON.parse(/^{.*}$/m.exec(output)?.[0] ?? '{}')).toMatchObject({ failed: 0, run: expect.any(Number) as number });
  });
});

/** A flat list as nested lists of a shape. */
function nest(values: readonly number[], shape: readonly number[]): unknown {
  const [length = 0, ...rest] = shape;
  if (rest.length === 0) return values;
  const size = values.length / length;
  return Array.from({ length }, (_, i) => nest(values.slice(i * size, (i + 1) * size), rest));
}
