import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import { readModelFile } from '@trainyard/keras-format';
import { encodeNpz, sliceRows, type NdArray } from '@trainyard/ndarray';
import type { ResourceSamples } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { network} from '../support/example-jobs.js';
import { smallJob, twoClasses, uploadGolden, uploadTwoClasses } from '../support/example-jobs.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';

// A job from its POST to its predictions, through real processes: API, worker, training process, predictor.

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let stack: Stack;
let api: JobsApi;
beforeAll(async () => {
  stack = await Stack.start({ predictor: true });
  api = stack.api;
  await stack.startWorker({ WORKER_CONCURRENCY: '2' });
  await uploadTwoClasses(api);
});
afterAll(() => stack.stop());

const difference = (one: readonly number[], other: readonly number[]): number => {
  expect(one).toHaveLength(other.length);
  return Math.max(...one.map((value, i) => Math.abs(value - (other[i] ?? NaN))));
};
const rowsOf = (array: NdArray, count: number): number[][] => Array.from({ length: count }, (_, i) => [...(sliceRows(array, i, i + 1).data as Float32Array)]);

describe("Keras's binary classifier", () => {
  let id: string;
  let golden: Awaited<ReturnType<typeof uploadGolden>>;

  it('trains to the History that Keras computes', async () => {
    golden = await uploadGolden(api, 'c01_mlp_binary');
    const callbacks = [
      { class_name: 'ModelCheckpoint', config: { filepath: 'weights/best-{epoch:02d}-{loss:.4f}.h5', monitor: 'loss', save_best_only: true } },
      { class_name: 'TensorBoard', config: { histogram_freq: 1, write_images: true } },
      { class_name: 'CSVLogger', config: { filename: 'logs/c01.csv' } },
      { class_name: 'LearningRateScheduler', config: { schedule: [0.001] } },
    ];
    id = (await api.submit({ ...golden.request, callbacks } as never)).id;
    const job = await api.until(id, 'succeeded');
    expect(job).toMatchObject({ attempt: 1, phase: null, stop_reason: 'completed', error: null, progress: { epoch: 4, fraction: 1, step: 16 } });
    const { epoch, history, params } = await api.history(id);
    expect(epoch).toEqual([0, 1, 2, 3]);
    expect(Object.keys(history)).toEqual(Object.keys(golden.history));
    for (const [name, values] of Object.entries(golden.history)) expect(difference(history[name] as number[], values)).toBeLessThan(1e-5);
    expect(params).toMatchObject({ batch_size: 64, epochs: 4, samples: 200, metrics: ['loss', 'acc'], do_validation: false });
    expect(job.latest_metrics).toEqual({ loss: history['loss']?.[3], acc: history['acc']?.[3] });
  });

  it('keeps checkpoints that are whole Keras models', async () => {
    const checkpoints = await api.checkpoints(id);
    expect(checkpoints.map(({ filename }) => filename)).toEqual(['best-00-0.6864.h5', 'best-01-0.6735.h5', 'best-02-0.6675.h5', 'best-03-0.6628.h5', 'final.h5']);
    const [best, final] = checkpoints.slice(-2);
    expect([best?.labels, final?.labels]).toEqual([['best'], ['latest', 'final']]);
    const file = await api.bytes(`/v1/jobs/${id}/checkpoints/final/content`);
    expect(createHash('sha256').update(file).digest('hex')).toBe(final?.sha256);
    const model = await readModelFile(file);
    expect(model.layers.map(({ layer }) => layer)).toContain('dense_1');
    expect(model.trainingConfig?.optimizer_config.class_name).toBe('RMSprop');
    expect(model.optimizerWeights.length).toBeGreaterThan(0);
  });

  it('predicts what Keras predicts', async () => {
    const { body, status } = await api.call<{ predictions: number[][]; checkpoint: string }>('POST', `/v1/jobs/${id}/predict`, { instances: rowsOf(golden.x, 8) });
    expect(status).toBe(200);
    expect(difference(body.predictions.flat(), golden.predictions.slice(0, 8))).toBeLessThan(1e-5);
    const wrong = await api.call<{ detail: string }>('POST', `/v1/jobs/${id}/predict`, { instances: [[1, 2, 3]] });
    expect(wrong.status).toBe(422);
    expect(wrong.body.detail).toMatch(/dense_1_input/);
  });

  it('tells its life in events, its steps in metrics, its epochs in TensorBoard and CSV files', async () => {
    const events = await api.events(id);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
    const phases = events.flatMap((event) => (event.type === 'phase' ? event.data.phase : []));
    expect(phases.slice(0, 4)).toEqual(['loading_data', 'building', 'restoring', 'training']);
    const logs = events.flatMap((event) => (event.type === 'log' ? event.data.message : []));
    expect(logs[0]).toBe('Epoch 1/4');
    expect(logs[1]).toMatch(/^\d+\/\d+ \[={30}\] - \d+s - loss: 0\.6864 - acc: 0\.5450$/);
    const { step, metrics } = await api.get<{ step: number[]; metrics: Record<string, number[]> }>(`/v1/jobs/${id}/metrics`);
    expect(step).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    expect(Object.keys(metrics)).toEqual(['loss', 'acc']);
    const files = await api.get<{ data: { path: string; bytes: number }[] }>(`/v1/jobs/${id}/tensorboard`);
    expect(files.data).toHaveLength(1);
    expect(files.data[0]?.path).toMatch(/tfevents/);
    const csv = Buffer.from(await api.bytes('/v1/files/logs/c01.csv')).toString().trim().split('\n');
    expect(csv[0]).toBe('epoch,acc,loss');
    expect(csv).toHaveLength(5);
  });

  it('is trained on by another job, from its checkpoint', async () => {
    const next = await api.submit({ ...golden.request, weights: { job: id, checkpoint: 'final' }, fit: { batch_size: 64, epochs: 1, shuffle: false } });
    await api.until(next.id, 'succeeded');
    const first = (await api.history(next.id)).history['loss']?.[0] as number;
    expect(first).toBeLessThan(golden.history['loss']?.[3] as number);
  });
});

describe('fit_generator', () => {
  it('streams shards, pass after pass, and validates on a stream', async () => {
    const { x, y } = twoClasses(300);
    for (let shard = 0; shard < 3; shard++)
      await api.upload(`shards/part-${shard}.npz`, encodeNpz([['x', sliceRows(x, shard * 100, shard * 100 + 100)], ['y', sliceRows(y, shard * 100, shard * 100 + 100)]]));
    const source = { uri: 'files/shards/part-*.npz', x: 'x', y: 'y' };
    const { id } = await api.submit({
      ...smallJob(),
      fit: undefined,
      data: { train: source, validation: { ...source, uri: 'files/shards/part-0.npz' } },
      fit_generator: { batch_size: 20, epochs: 4, steps_per_epoch: 15, max_queue_size: 2 },
    });
    await api.until(id, 'succeeded');
    const { epoch, history, params } = await api.history(id);
    expect(epoch).toEqual([0, 1, 2, 3]);
    expect(Object.keys(history).sort()).toEqual(['acc', 'loss', 'val_acc', 'val_loss']);
    expect(history['val_loss']?.[3]).toBeLessThan(history['val_loss']?.[0] as number);
    expect(params).toMatchObject({ steps: 15, epochs: 4, do_validation: true });
  });

  it('sees each row once a pass: without shuffling it is fit without shuffling', async () => {
    const fit = await api.submit(smallJob({ fit: { batch_size: 50, epochs: 2, shuffle: false } }));
    const streamed = await api.submit({ ...smallJob(), fit: undefined, fit_generator: { batch_size: 50, epochs: 2, shuffle: false } });
    await Promise.all([api.until(fit.id, 'succeeded'), api.until(streamed.id, 'succeeded')]);
    expect((await api.history(streamed.id)).history).toEqual((await api.history(fit.id)).history);
  });
});

describe('training that ends early', () => {
  it('by EarlyStopping', async () => {
    const callbacks = [{ class_name: 'EarlyStopping' as const, config: { monitor: 'loss', min_delta: 100, patience: 1 } }];
    const { id } = await api.submit(smallJob({ callbacks, fit: { batch_size: 50, epochs: 50 } }));
    expect(await api.until(id, 'succeeded')).toMatchObject({ stop_reason: 'early_stopping' });
    expect((await api.history(id)).epoch).toEqual([0, 1, 2]);
  });

  it('by max_runtime_s', async () => {
    const { id } = await api.submit(smallJob({ fit: { batch_size: 4, epochs: 100_000 }, limits: { max_runtime_s: 2 } }));
    expect(await api.until(id, 'succeeded')).toMatchObject({ stop_reason: 'max_runtime' });
    expect((await api.checkpoints(id)).map(({ labels }) => labels)).toContainEqual(expect.arrayContaining(['final']));
    // What it took meanwhile has been looked at.
    const { data } = await api.get<ResourceSamples>(`/v1/jobs/${id}/resources`);
    expect(data[0]).toMatchObject({ attempt: 1, at: expect.any(String), memory_limit_mb: null, gpu_memory_mb: null });
    expect(data[0]?.cpu_percent).toBeGreaterThanOrEqual(0);
    expect(data[0]?.cpu_percent).toBeLessThan(100 * cpus().length + 50);
    expect(data[0]?.memory_mb).toBeGreaterThan(20); // it may still be loading its code
    expect(data[0]?.memory_mb).toBeLessThan(8_192);
  });

  it('because the loss became NaN', async () => {
    const callbacks = [{ class_name: 'TerminateOnNaN' as const }];
    const { id } = await api.submit(smallJob({ callbacks, compile: { optimizer: { class_name: 'SGD', config: { lr: 1e30 } }, loss: 'mse' } }));
    expect((await api.until(id, 'failed')).error).toMatchObject({ code: 'nan_loss', retryable: false });
  });

  it('NaN without TerminateOnNaN is a number like any other', async () => {
    const { id } = await api.submit(smallJob({ model: linear(), compile: { optimizer: { class_name: 'SGD', config: { lr: 1e30 } }, loss: 'mse' } }));
    await api.until(id, 'succeeded');
    expect((await api.history(id)).history['loss']).toContain('NaN');
  });
});

const linear = (): ReturnType<typeof network> => ({ class_name: 'Sequential', config: [{ class_name: 'Dense', config: { name: 'dense_1', units: 1, batch_input_shape: [null, 8] } }] });
