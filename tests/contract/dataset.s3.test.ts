import { openDataset, type Dataset, type RetryPolicy } from '@trainyard/dataset';
import { encodeNpz } from '@trainyard/ndarray';
import { openS3Store } from '@trainyard/object-store';
import { Source } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTcpProxy } from '../support/tcp-proxy.js';
import { startSeaweed, whyNoSeaweed, type Seaweed } from '../support/seaweed.js';

const reason = await whyNoSeaweed();
const rows = 8000;
const width = 4096; // 16 KiB a row, 125 MiB in all: far more than is read ahead

describe.skipIf(reason !== undefined)(`a dataset in S3${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let seaweed: Seaweed;
  beforeAll(async () => {
    seaweed = await startSeaweed();
    const store = openS3Store(seaweed.config, seaweed.bucket, 'projects/p');
    for (let shard = 0; shard < 4; shard++) {
      const count = rows / 4;
      const y = { dtype: 'int32', shape: [count], data: Int32Array.from({ length: count }, (_, i) => shard * count + i) } as const;
      const x = { dtype: 'int32', shape: [count, width], data: Int32Array.from({ length: count * width }, (_, i) => shard * count + Math.floor(i / width)) } as const;
      await store.put(`files/train/${shard}.npz`, encodeNpz([['x', x], ['y', y]]));
    }
  });
  afterAll(() => seaweed.stop());

  const patient = { attempts: 200, firstDelayMs: 50, maxDelayMs: 200 };
  const open = (retry: RetryPolicy, { uri = 'files/train/*.npz', config = seaweed.config } = {}): Promise<Dataset> => {
    const store = openS3Store(config, seaweed.bucket, 'projects/p');
    return openDataset(Source.parse({ uri }), { resolve: (prefix) => ({ store, prefix }), inputs: ['x'], outputs: ['y'], retry });
  };
  const options = { batchSize: 100, seed: 5, shuffle: true, shuffleBufferBytes: 8 * 1024 * 1024, maxQueueSize: 2, workers: 2 };
  const batches = rows / options.batchSize;

  /** The targets of a pass, which are the numbers of the rows; x has to be of the same row. @param disturb called after each batch */
  async function pass(dataset: Dataset, disturb: (batch: number) => unknown = () => undefined): Promise<number[]> {
    const seen: number[] = [];
    let taken = 0;
    for await (const { x, y } of dataset.stream(options)) {
      const targets = Array.from(y[0]!.data, Number);
      for (const [i, target] of targets.entries()) expect(x[0]!.data[i * width + width - 1]).toBe(target);
      seen.push(...targets);
      await disturb(++taken);
      if (taken === batches) break;
    }
    return seen;
  }

  let undisturbed: number[];
  test('a pass: every row once', async () => {
    undisturbed = await pass(await open(patient));
    expect([...undisturbed].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
  });

  test('a server that is restarted in the middle of a pass: the pass goes on, with the same batches', async () => {
    let restarted: Promise<void> | undefined;
    const seen = await pass(await open(patient), async (batch) => {
      if (batch !== 10) return;
      await seaweed.kill();
      restarted = seaweed.restart(); // while the stream already tries again
    });
    await restarted;
    expect(seen).toEqual(undisturbed);
  });

  test('a server that answers nothing for a while: the pass goes on, with the same batches', async () => {
    const proxy = await openTcpProxy(seaweed.config.endpoint);
    const dataset = await open(patient, { config: { ...seaweed.config, endpoint: proxy.url.replace(/\/$/, ''), timeoutMs: 300 } });
    const seen = await pass(dataset, (batch) => {
      if (batch !== 10) return;
      proxy.stall();
      setTimeout(() => proxy.flow(), 1000);
    });
    await proxy.cut();
    expect(seen).toEqual(undisturbed);
  });

  test('a server that sends, and gets nowhere, is one that stays away', async () => {
    const dataset = await open({ attempts: 2, firstDelayMs: 10, maxDelayMs: 20, slowestReadMs: 1 });
    await expect(pass(dataset)).rejects.toMatchObject({ name: 'ObjectStoreUnavailableError', message: expect.stringMatching(/^files\/train\/\d\.npz: \d+ bytes did not come within \d+ ms/) });
  });

  test('a server that stays away: the stream ends with a failure that is worth another attempt of the job', async () => {
    const dataset = await open({ attempts: 3, firstDelayMs: 10, maxDelayMs: 20 });
    await expect(pass(dataset, (batch) => (batch === 5 ? seaweed.kill() : undefined))).rejects.toMatchObject({ name: 'ObjectStoreUnavailableError', retryable: true });
    await seaweed.restart();
    expect(dataset.rows).toBe(rows);
    for await (const { y } of dataset.stream({ ...options, startBatch: 12 })) {
      expect(Array.from(y[0]!.data, Number)).toEqual(undisturbed.slice(1200, 1300));
      break;
    }
  });

  test('a byte that is wrong, far inside a shard: no pass ends without an error that names it', async () => {
    const store = openS3Store(seaweed.config, seaweed.bucket, 'projects/p');
    const whole = Buffer.from(await store.read('files/train/2.npz'));
    whole[20_000_000]! ^= 4;
    await store.put('files/flipped/2.npz', whole);
    const dataset = await open(patient, { uri: 'files/flipped/' });
    const consume = async () => {
      let taken = 0;
      for await (const _batch of dataset.stream({ ...options, workers: 1 })) if (++taken > 2 * batches) break;
    };
    await expect(consume()).rejects.toThrow('files/flipped/2.npz, array "x": its checksum does not match its data');
  });

  test('a shard that is cut short, before the stream or under it, and one that is deleted under it, are named', async () => {
    const store = openS3Store(seaweed.config, seaweed.bucket, 'projects/p');
    const whole = Buffer.from(await store.read('files/train/3.npz'));
    const short = whole.subarray(0, 12_000_000);
    await store.put('files/short/3.npz', short);
    await expect(open(patient, { uri: 'files/short/' })).rejects.toThrow(/^files\/short\/3\.npz, array "x": the file is cut short/);
    for (const disturb of [() => store.put('files/cut/3.npz', short), () => store.delete(['files/cut/3.npz'])]) {
      for (const shard of [2, 3]) await store.put(`files/cut/${shard}.npz`, whole);
      const dataset = await open(patient, { uri: 'files/cut/' });
      const consume = async () => {
        let taken = 0;
        for await (const _batch of dataset.stream(options)) if (++taken === 3) await disturb();
      };
      await expect(consume()).rejects.toMatchObject({ name: 'DataError', message: expect.stringMatching(/^files\/cut\/3\.npz: the file changed while it was in use: it/) });
    }
  });

  // The last: the keys are not taken back.
  test('keys that are revoked in the middle of a pass: the stream ends at once, and says so', async () => {
    await expect(pass(await open(patient), (batch) => (batch === 5 ? seaweed.revoke() : undefined))).rejects.toMatchObject({ name: 'ObjectStoreAccessError', message: expect.stringContaining('the secret key is wrong') });
  });
});
