import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { concatRows, sliceRows, type NdArray } from '@trainyard/ndarray';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModel } from '../models/load-model.js';
import type { ServedModel } from '../models/served-model.js';
import { TestCheckpoints } from '../testing/index.js';
import { Batcher, type RunReport } from './batcher.js';
import type { NamedOutput, Work } from './work.js';

const runtime = createTensorFlowRuntime({ library: findLibrary(process.env) });
const mlp = 'c01_mlp_binary';
let checkpoints: TestCheckpoints;
beforeAll(async () => {
  checkpoints = await TestCheckpoints.open();
});
afterAll(() => checkpoints.close());

const forever = new AbortController().signal;
const options = { batchSize: 32, maxBatchSize: 32, maxDelayMs: 0, layers: null, signal: forever };

async function load(name: string): Promise<{ served: ServedModel; runs: RunReport[] }> {
  const runs: RunReport[] = [];
  const served = await loadModel(checkpoints.store, runtime, { checkpoint: await checkpoints.add(name), model: null }, (report) => runs.push(report));
  return { served, runs };
}

/** The rows one by one, or as many at a time as `counts` say. */
const split = (x: NdArray, counts: readonly number[]): NdArray[] => {
  let at = 0;
  return counts.map((count) => sliceRows(x, at, (at += count)));
};
const ones = (count: number): number[] => Array<number>(count).fill(1);
const requestsOf = (runs: readonly RunReport[]): number[] => runs.map(({ requests }) => requests);

/** Joined rows are computed by products of other shapes, whose sums may be added up in another order. */
const tolerance = 1e-6;
function expectClose(actual: readonly NamedOutput[], expected: readonly NamedOutput[]): void {
  expect(actual.map(({ name, array }) => [name, array.shape])).toEqual(expected.map(({ name, array }) => [name, array.shape]));
  actual.forEach(({ array }, output) => array.data.forEach((value, i) => expect(Math.abs(Number(value) - Number(expected[output]!.array.data[i]))).toBeLessThanOrEqual(tolerance)));
}

describe('requests that come together run together, and each has the answer that it has alone', () => {
  it.each([mlp, 'c12k_batchnorm_cnn', 'c04_lstm_classify'])('%s', async (name) => {
    const { served, runs } = await load(name);
    const parts = split(await checkpoints.rows(name, 8), [1, 2, 1, 4]);
    const alone: NamedOutput[][] = [];
    for (const part of parts) alone.push(await served.predict([part], options));
    expect(requestsOf(runs.splice(0))).toEqual(ones(4));
    const together = await Promise.all(parts.map((part) => served.predict([part], options)));
    expect(runs.map(({ requests, rows }) => ({ requests, rows }))).toEqual([{ requests: 4, rows: 8 }]);
    together.forEach((outputs, i) => expectClose(outputs, alone[i]!));
    served.retire();
  });

  it('what comes while a run is in progress waits for its end', async () => {
    const { served, runs } = await load(mlp);
    const [first, ...others] = split(await checkpoints.rows(mlp, 6), ones(6));
    const running = served.predict([first!], options); // the first run traces a graph, in other threads
    await turn();
    await turn();
    const answers = await Promise.all([running, ...others.map((x) => served.predict([x], options))]);
    expect(requestsOf(runs)).toEqual([1, 5]);
    expect(answers).toHaveLength(6);
    served.retire();
  });

  it('never more rows than any of them allows, and whoever has more runs alone', async () => {
    const { served, runs } = await load(mlp);
    const x = await checkpoints.rows(mlp, 30);
    const ask = (count: number, change: Partial<typeof options> = {}) => served.predict([sliceRows(x, 0, count)], { ...options, ...change });
    await Promise.all([ask(3, { maxBatchSize: 10 }), ask(4), ask(2), ask(1, { batchSize: 1 }), ask(20), ask(2, { maxBatchSize: 1 })]);
    // Limits are powers of two: 10 is 8.
    expect(runs.map(({ requests, rows }) => ({ requests, rows }))).toEqual([{ requests: 2, rows: 7 }, { requests: 2, rows: 22 }, { requests: 1, rows: 1 }, { requests: 1, rows: 2 }]);
    served.retire();
  });
});

describe('requests are not joined', () => {
  it('that ask for other layers', async () => {
    const { served, runs } = await load(mlp);
    const x = await checkpoints.rows(mlp, 2);
    const answers = await Promise.all([null, ['dense_1'], ['dense_1'], ['dense_2', 'dense_1']].map((layers) => served.predict([x], { ...options, layers })));
    expect(requestsOf(runs)).toEqual([1, 2, 1]);
    expect(answers.map((outputs) => outputs.map(({ name }) => name))).toEqual([['dense_3'], ['dense_1'], ['dense_1'], ['dense_2', 'dense_1']]);
    served.retire();
  });

  it('of a model that carries states', async () => {
    const { served, runs } = await load('c11b_stateful_lstm');
    const x = await checkpoints.rows('c11b_stateful_lstm', 16);
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => served.predict([x], options)));
    expect(requestsOf(runs)).toEqual(ones(3));
    for (const other of others) expect(other).toEqual(first);
    served.retire();
  });
});

it('whoever leaves frees the place, and the others are answered', async () => {
  const { served, runs } = await load(mlp);
  const x = await checkpoints.rows(mlp, 1);
  const leaving = new AbortController();
  const asked = [forever, leaving.signal, forever].map((signal) => served.predict([x], { ...options, signal }));
  expect(served.waiting).toBe(3);
  leaving.abort(new Error('has left'));
  expect(served.waiting).toBe(2);
  await expect(asked[1]).rejects.toThrow('has left');
  await Promise.all([asked[0], asked[2]]);
  expect(requestsOf(runs)).toEqual([2]);
  await expect(served.predict([x], { ...options, signal: leaving.signal })).rejects.toThrow('has left');
  served.retire();
});

describe('when runs begin', () => {
  const row: NdArray = { dtype: 'float32', shape: [1, 1], data: Float32Array.of(1) };
  const work = (change: Partial<Work> = {}): Work => ({ x: [row], rows: 1, layers: null, batchSize: 32, joinedRows: 32, maxDelayMs: 10_000, signal: forever, ...change });

  /** Runs take as long as `run` takes, and answer the rows. */
  function batching(run: (rows: number) => Promise<unknown>) {
    const runs: number[] = [];
    const batcher = new Batcher({
      joins: true,
      run: async ({ x }) => {
        const rows = x[0]!.shape[0]!;
        runs.push(rows);
        await run(rows);
        return [{ name: 'out', array: concatRows([...x]) }];
      },
      onRun: () => undefined,
    });
    return { batcher, runs };
  }

  it('after a run of several, when as many are there again', async () => {
    const { batcher, runs } = batching(() => sleep(200));
    const client = async (place: number): Promise<void> => {
      for (let request = 0; request < 3; request++) {
        await batcher.submit(work());
        for (let i = 0; i < place; i++) await turn(); // they come back one after another
      }
    };
    await Promise.all([0, 3, 6, 9].map(client));
    expect(runs).toEqual([4, 4, 4]);
  });

  it('at once where a client asks one thing after another, whatever the delay', async () => {
    const { batcher, runs } = batching(() => sleep(100));
    for (let i = 0; i < 3; i++) {
      const answered = batcher.submit(work());
      await turn();
      await turn();
      expect(runs).toHaveLength(i + 1);
      await answered;
    }
  });

  it('without those who do not come back in the time that a run takes', async () => {
    const { batcher, runs } = batching(() => sleep(30));
    await Promise.all([1, 2, 3].map(() => batcher.submit(work())));
    await batcher.submit(work());
    expect(runs).toEqual([3, 1]);
  });

  it('with no delay where none is allowed', async () => {
    const { batcher, runs } = batching(() => sleep(100));
    await Promise.all([1, 2, 3].map(() => batcher.submit(work())));
    const answered = batcher.submit(work({ maxDelayMs: 0 }));
    await turn();
    await turn();
    expect(runs).toEqual([3, 1]);
    await answered;
  });

  it('and each alone where they fail together', async () => {
    const { batcher, runs } = batching(async (rows) => {
      if (rows > 1) throw new Error('out of memory');
    });
    expect(await Promise.all([1, 2, 3].map(() => batcher.submit(work())))).toHaveLength(3);
    expect(runs).toEqual([3, 1, 1, 1]);
    const broken = batching(() => Promise.reject(new Error('broken'))).batcher;
    for (const answer of await Promise.allSettled([1, 2].map(() => broken.submit(work())))) expect(answer).toMatchObject({ status: 'rejected', reason: { message: 'broken' } });
  });
});
