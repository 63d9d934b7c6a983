import { encodeNpz } from '@trainyard/ndarray';
import type { DatasetResource } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { smallJob, twoClasses } from '../support/example-jobs.js';
import type { JobsApi } from '../support/jobs-api.js';
import { Stack } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

// Named sources: scanned by a worker, and then used by jobs as they were scanned.

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let stack: Stack;
let api: JobsApi;
beforeAll(async () => {
  stack = await Stack.start();
  api = stack.api;
  await stack.startWorker();
});
afterAll(() => stack.stop());

async function scanned(source: object): Promise<DatasetResource> {
  const { body } = await api.call<DatasetResource>('POST', '/v1/datasets', { source });
  return waitFor(`${body.id} to be scanned`, async () => {
    const dataset = await api.get<DatasetResource>(`/v1/datasets/${body.id}`);
    return dataset.status === 'scanning' ? undefined : dataset;
  });
}

/** The two classes in shards. */
async function uploadShards(folder: string, shards: number, rows: number): Promise<void> {
  const { x, y } = twoClasses(shards * rows);
  for (let i = 0; i < shards; i++) {
    const part = ({ dtype, shape, data }: typeof x) => {
      const width = data.length / (shards * rows);
      return { dtype, shape: [rows, ...shape.slice(1)], data: data.slice(i * rows * width, (i + 1) * rows * width) };
    };
    await api.upload(`${folder}/${i}.npz`, encodeNpz([['x', part(x)], ['y', part(y)]]));
  }
}

describe('a dataset of shards', () => {
  let dataset: DatasetResource;
  beforeAll(async () => {
    await uploadShards('shards', 4, 50);
    dataset = await scanned({ uri: 'files/shards/', x: 'x', y: 'y' });
  });

  it('is scanned: rows, shapes, classes, first rows', () => {
    expect(dataset).toMatchObject({ status: 'ready', scan: { format: 'npz', shards: 4, rows: 200 } });
    const [x, y] = dataset.scan?.columns ?? [];
    expect(x).toMatchObject({ name: 'x', dtype: 'float32', shape: [8], missing: 0, numbers: { count: 1600, integers: false } });
    expect(y).toMatchObject({ name: 'y', shape: [1], classes: [{ value: 0, count: 100 }, { value: 1, count: 100 }] });
    expect(dataset.scan?.first_rows).toHaveLength(5);
  });

  it('trains as its source does', async () => {
    const train = async (source: object) => {
      const job = await api.submit({ ...smallJob(), seed: 3, data: { train: source } });
      await api.until(job.id, 'succeeded');
      return (await api.history(job.id)).history;
    };
    expect(await train({ dataset: dataset.id })).toEqual(await train({ uri: 'files/shards/', x: 'x', y: 'y' }));
  });
});

describe('files that change', () => {
  const replace = async (path: string) => {
    const { x, y } = twoClasses(50);
    await api.upload(path, encodeNpz([['y', y], ['x', x]]));
  };

  it('after the scan: the job fails with the name of the file', async () => {
    await uploadShards('changed', 3, 20);
    const dataset = await scanned({ uri: 'files/changed/', x: 'x', y: 'y' });
    await replace('changed/1.npz');
    const job = await api.submit({ ...smallJob(), data: { train: { dataset: dataset.id } } });
    const failed = await api.until(job.id, 'failed');
    expect(failed.error).toMatchObject({ code: 'dataset_changed', pointer: '/data/train', retryable: false, message: expect.stringMatching(/^files\/changed\/1\.npz: the file changed while it was in use/) as string });
  });

  it('a new file beside those that were scanned is not read', async () => {
    await uploadShards('grown', 2, 20);
    const dataset = await scanned({ uri: 'files/grown/', x: 'x', y: 'y' });
    await replace('grown/9.npz');
    const job = await api.submit({ ...smallJob({ fit: { batch_size: 20, epochs: 1 } }), data: { train: { dataset: dataset.id } } });
    expect((await api.until(job.id, 'succeeded')).progress).toMatchObject({ step: 2 });
  });
});

describe('values that a loss or an Embedding cannot use', () => {
  const labels = (values: number[]) => ({ dtype: 'float32', shape: [values.length, 1], data: Float32Array.from(values) }) as const;
  const train = async (path: string, values: number[], more: object = {}) => {
    const { x } = twoClasses(values.length);
    await api.upload(path, encodeNpz([['x', x], ['y', labels(values)]]));
    return api.submit({ ...smallJob(), ...more, data: { train: { uri: `files/${path}`, x: 'x', y: 'y' } } });
  };

  it.each([
    ['from memory', {}],
    ['from a stream', { fit: undefined, fit_generator: { steps_per_epoch: 1, epochs: 1, batch_size: 2 } }],
  ])('%s: the job fails with the file and the row, before it trains', async (_, more) => {
    const job = await train('labels.npz', [0, 1, 2, 1], more);
    const { error, progress } = await api.until(job.id, 'failed');
    expect(error).toMatchObject({ code: 'data_invalid', pointer: '/data/train', message: 'files/labels.npz, array "y", row index 2: expected 0 or 1 for the loss binary_crossentropy of "dense_2", received 2; name the classes 0 and 1' });
    expect(progress?.step ?? 0).toBe(0);
  });

  it('soft labels are a warning in the log', async () => {
    const job = await train('soft.npz', [0, 1, 0.5, 1]);
    await api.until(job.id, 'succeeded');
    const { data } = await api.get<{ data: { level: string; message: string }[] }>(`/v1/jobs/${job.id}/logs`);
    expect(data.filter(({ level }) => level === 'warning').map(({ message }) => message)).toEqual(['files/soft.npz, array "y", row index 2: the loss binary_crossentropy of "dense_2" is meant for 0 and 1, received 0.5']);
  });
});

describe('what is wrong is told with its place', () => {
  it.each([
    ['nothing there', { uri: 'files/none/*.npz' }, 'data_not_found', '/source/uri'],
    ['a file that is cut short', { uri: 'files/cut.npz' }, 'data_invalid', '/source'],
  ])('%s', async (_, source, code, pointer) => {
    const { x, y } = twoClasses(20);
    const npz = encodeNpz([['x', x], ['y', y]]);
    await api.upload('cut.npz', npz.subarray(0, npz.length - 40));
    const dataset = await scanned(source);
    expect(dataset).toMatchObject({ status: 'failed', scan: null, error: { code, pointer, retryable: false } });
  });
});
