import { openDataset, type Dataset } from '@trainyard/dataset';
import { encodeNpz } from '@trainyard/ndarray';
import { openS3Store } from '@trainyard/object-store';
import { Source } from '@trainyard/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

  const open = (retry: { attempts: number; firstDelayMs: number; maxDelayMs: number }): Promise<Dataset> => {
    const store = openS3Store(seaweed.config, seaweed.bucket, 'projects/p');
    return openDataset(Source.parse({ uri: 'files/train/*.npz' }), { resolve: (uri) => ({ store, prefix: uri }), inputs: ['x'], outputs: ['y'], retry });
  };
  const options = { batchSize: 100, seed: 5, shuffle: true, shuffleBufferBytes: 8 * 1024 * 1024, maxQueueSize: 2 };

  test('a server that is restarted in the middle of a pass: the pass goes on, with every row once', async () => {
    const dataset = await open({ attempts: 200, firstDelayMs: 50, maxDelayMs: 200 });
    const seen: number[] = [];
    let restarted: Promise<void> | undefined;
    for await (const { x, y } of dataset.stream(options)) {
      const targets = Array.from(y[0]!.data, Number);
      for (const [i, target] of targets.entries()) expect(x[0]!.data[i * width + width - 1]).toBe(target);
      seen.push(...targets);
      if (seen.length === 1000) {
        await seaweed.kill();
        restarted = seaweed.restart(); // while the stream already tries again
      }
      if (seen.length === rows) break;
    }
    await restarted;
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
  });

  test('a server that stays away: the stream ends with a failure that is worth another attempt of the job', async () => {
    const dataset = await open({ attempts: 3, firstDelayMs: 10, maxDelayMs: 20 });
    const consume = async () => {
      let batches = 0;
      for await (const _batch of dataset.stream(options)) if (++batches === 5) await seaweed.kill();
    };
    await expect(consume()).rejects.toMatchObject({ name: 'ObjectStoreUnavailableError', retryable: true });
    await seaweed.restart();
    expect(dataset.rows).toBe(rows);
    for await (const { y } of dataset.stream({ ...options, startBatch: 12 })) {
      expect(y[0]!.shape).toEqual([100]);
      break;
    }
  });
});
