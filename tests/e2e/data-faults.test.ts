import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeNpz, sliceRows } from '@trainyard/ndarray';
import type { Job, JobRequestInput } from '@trainyard/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AppProcess } from '../support/app-process.js';
import { network, smallJob, twoClasses } from '../support/example-jobs.js';
import type { JobsApi } from '../support/jobs-api.js';
import { withPeakMemory } from '../support/peak-memory.js';
import { startSeaweed, whyNoSeaweed, type Seaweed } from '../support/seaweed.js';
import { Stack } from '../support/stack.js';
import { openTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { waitFor } from '../support/wait-for.js';

/*
 * Jobs stream from a real S3 server, and whatever can be wrong with it, or with the data, is. What passes costs time: the
 * job goes on, and its History is that of a job to which nothing happened. What does not pass ends the job at its place.
 * Neither takes the worker along, or the machine's memory.
 */

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 }); // perhaps on a busy machine

const reason = await whyNoSeaweed();
const features = 1024;
const shards = 4;
const shardRows = 1100; // 17 MiB in all: enough for a thread of its own to read them
const stepsPerEpoch = Math.ceil((shards * shardRows) / 64);
const epochs = 24; // many more than are read ahead

describe.skipIf(reason !== undefined)(`jobs that stream from S3${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  let seaweed: Seaweed;
  /** Between the worker and the server. */
  let proxy: TcpProxy;
  let stack: Stack;
  let api: JobsApi;
  let worker: AppProcess;
  /** The shards' files. */
  let files: Uint8Array[];
  let undisturbed: Awaited<ReturnType<typeof api.history>>['history'];

  beforeAll(async () => {
    seaweed = await startSeaweed();
    proxy = await openTcpProxy(seaweed.config.endpoint);
    stack = await Stack.start({ seaweed });
    api = stack.api;
    worker = await stack.startWorker({ S3_ENDPOINT: proxy.url });
    const { x, y } = twoClasses(shards * shardRows, features);
    files = Array.from({ length: shards }, (_, i) => encodeNpz([['x', sliceRows(x, i * shardRows, (i + 1) * shardRows)], ['y', sliceRows(y, i * shardRows, (i + 1) * shardRows)]]));
    await uploadShards('train');
    const { id } = await api.submit(streamed('train'));
    await api.until(id, 'succeeded');
    undisturbed = (await api.history(id)).history;
    expect(undisturbed['loss']).toHaveLength(epochs);
  });
  afterAll(async () => {
    await stack.stop();
    await proxy.cut();
    await seaweed.stop();
  });
  afterEach(() => expect(worker.running, worker.output).toBe(true));

  async function uploadShards(folder: string, change: (file: Buffer, shard: number) => Uint8Array = (file) => file): Promise<void> {
    for (const [i, file] of files.entries()) await api.upload(`${folder}/${i}.npz`, change(Buffer.from(file), i));
  }

  function streamed(folder: string, changes: Partial<JobRequestInput> = {}): JobRequestInput {
    return {
      ...smallJob(),
      model: network(features),
      fit: undefined,
      fit_generator: { batch_size: 64, steps_per_epoch: stepsPerEpoch, epochs },
      data: { train: { uri: `files/${folder}/*.npz`, x: 'x', y: 'y' } },
      ...changes,
    };
  }

  /** A job over rows of 8 numbers, in a file of any format. */
  function streamedFile(file: string, changes: object = {}): JobRequestInput {
    return { ...smallJob(), fit: undefined, fit_generator: { batch_size: 50, steps_per_epoch: 60, epochs: 1 }, data: { train: { uri: `files/${file}`, y: 'y', ...changes } } };
  }

  describe('what passes: the job goes on, with the same History', () => {
    /** Trains while the fault lasts, which begins after two epochs. */
    async function trainThrough(fault: (id: string) => Promise<void>): Promise<Job> {
      const { id } = await api.submit(streamed('train'));
      await api.untilEpoch(id, 2);
      await fault(id);
      const done = await api.until(id, 'succeeded');
      expect((await api.history(id)).history).toEqual(undisturbed);
      return done;
    }

    /** Waits until nothing is trained any more: what was read ahead is used up. */
    async function untilStarved(id: string): Promise<void> {
      let last = -1;
      await waitFor(`${id} to stand still`, async () => {
        const step = (await api.job(id)).progress?.step ?? 0;
        if (step === last) return true;
        last = step;
        return sleep(1500).then(() => undefined); // progress is stored every second
      });
      expect(await api.job(id)).toMatchObject({ status: 'running' });
    }

    it('a server that is killed and started again', async () => {
      const done = await trainThrough(async (id) => {
        await seaweed.kill();
        await untilStarved(id);
        await seaweed.restart();
      });
      expect(done.attempt).toBe(1);
    });

    it('a server that falls silent in the middle of its answers', async () => {
      const done = await trainThrough(async (id) => {
        proxy.stall();
        await untilStarved(id);
        proxy.flow();
      });
      expect(done.attempt).toBe(1);
    });

    it('a server that is slow', async () => {
      const done = await trainThrough(async (id) => {
        proxy.slowDown(1e6);
        await sleep(3000);
        expect((await api.job(id)).status).toBe('running'); // it would have been done long since
        proxy.slowDown(Infinity);
      });
      expect(done.attempt).toBe(1);
    });

    it('a server that stays away for longer than a stream waits: another attempt goes on from the last snapshot', async () => {
      const done = await trainThrough(async (id) => {
        await proxy.cut();
        await waitFor('another attempt', async () => ((await api.job(id)).attempt > 1 ? true : undefined));
        await sleep(2000); // an outage that goes on uses up no attempts
        await proxy.restore();
      });
      expect(done.attempt).toBe(2);
      const [lost] = (await api.events(done.id)).filter((event) => event.type === 'status' && event.data.status === 'queued' && event.data.previous === 'running');
      expect(lost?.data).toMatchObject({ reason: 'storage_unavailable' });
    });
  });

  /** The error that a job ends with. */
  async function failureOf(request: JobRequestInput, disturb?: () => Promise<unknown>): Promise<NonNullable<Job['error']>> {
    const { id } = await api.submit(request);
    if (disturb) {
      await api.untilEpoch(id, 2);
      await disturb();
    }
    const { error, attempt } = await api.until(id, 'failed');
    expect(attempt).toBe(1);
    if (!error) throw new Error(`${id} has failed without an error`);
    return error;
  }

  const dataError = (message: RegExp, pointer = '/data/train') => ({ code: 'data_invalid', pointer, retryable: false, message: expect.stringMatching(message) as string });

  describe('what is wrong with a shard: the job fails, and names it', () => {
    const flip = (file: Buffer, at: number): Buffer => {
      file[at]! ^= 0x40;
      return file;
    };

    it('it is cut short', async () => {
      await uploadShards('short', (file, i) => (i === 2 ? file.subarray(0, 3_000_000) : file));
      expect(await failureOf(streamed('short'))).toEqual(dataError(/^files\/short\/2\.npz, array "x": the file is cut short: expected \d+ bytes/));
    });

    it('a byte of it is another one: of the data, of the validation data', async () => {
      await uploadShards('flipped', (file, i) => (i === 2 ? flip(file, 3_000_000) : file));
      const wrong = /^files\/flipped\/2\.npz, array "x": its checksum does not match its data/;
      expect(await failureOf(streamed('flipped'))).toEqual(dataError(wrong));
      const { data } = streamed('train');
      const validation = { uri: 'files/flipped/*.npz', x: 'x', y: 'y' };
      expect(await failureOf(streamed('train', { data: { ...data, validation } }))).toEqual(dataError(wrong, '/data/validation'));
    });

    it.each([
      ['csv', /^files\/flipped\.csv, row 2001, column "a": expected a number, received "q\.5"/],
      ['jsonl', /^files\/flipped\.jsonl, line 2001/],
    ])('a byte of text is another one: %s', async (format, message) => {
      const rows = Array.from({ length: 3000 }, (_, i) => (format === 'csv' ? `1.5,2,3,4,5,6,7,8,${i % 2}\n` : `{"x":[1,2,3,4,5,6,7,8],"y":${i % 2}}\n`));
      const head = format === 'csv' ? 'a,b,c,d,e,f,g,h,y\n' : '';
      const file = Buffer.from(head + rows.join(''));
      await api.upload(`flipped.${format}`, flip(file, head.length + rows.slice(0, 2000).join('').length));
      expect(await failureOf(streamedFile(`flipped.${format}`))).toEqual(dataError(message));
    });

    it.each([
      ['is deleted', () => api.call('DELETE', '/v1/files/changing/3.npz'), /^files\/changing\/3\.npz: the file changed while it was in use: it was deleted/],
      ['is cut short', () => api.upload('changing/3.npz', files[3]!.subarray(0, 3_000_000)), /^files\/changing\/3\.npz: the file changed while it was in use: it/],
    ])('it %s while the job uses it', async (_, change, message) => {
      await uploadShards('changing');
      expect(await failureOf(streamed('changing', { fit_generator: { batch_size: 64, steps_per_epoch: stepsPerEpoch, epochs: 100_000 } }), change)).toEqual({ ...dataError(message), code: 'dataset_changed' });
    });
  });

  describe('files that are made to do harm: the job fails, and its process takes no more memory than a healthy one', () => {
    const header = 'a,b,c,d,e,f,g,h,y\n';
    let healthyMiB: number;

    beforeAll(async () => {
      await api.upload('healthy.csv', header + '1,2,3,4,5,6,7,8,0\n'.repeat(200_000));
      const { peakMiB } = await withPeakMemory(worker, async () => api.until((await api.submit(streamedFile('healthy.csv'))).id, 'succeeded'));
      healthyMiB = peakMiB;
    });

    async function expectHarmless(request: JobRequestInput, message: RegExp): Promise<void> {
      const { result, peakMiB } = await withPeakMemory(worker, () => failureOf(request));
      expect(result).toEqual(dataError(message));
      expect(peakMiB).toBeLessThan(healthyMiB + 128);
    }

    it('a gzip file that holds a gigabyte in a megabyte', async () => {
      const member = gzipSync('\n'.repeat(2 ** 24), { level: 9 }); // members behind each other are one file
      await api.upload('bomb.csv.gz', Buffer.concat([gzipSync(`${header}1,2,3,4,5,6,7,8,0\n`), ...Array.from({ length: 64 }, () => member)]));
      await expectHarmless(streamedFile('bomb.csv.gz'), /^files\/bomb\.csv\.gz: expected at most 1000 bytes of content from each compressed byte, received more than \d+ from \d+/);
    });

    it('an image of 2.5 gigapixels in a kilobyte', async () => {
      for (const name of ['cats/1', 'cats/2', 'dogs/1']) await api.upload(`pictures/${name}.png`, png(8, 8));
      await api.upload('pictures/dogs/2.png', png(50_000, 50_000));
      const request = { ...streamedFile('pictures/'), model: pictureNetwork, data: { train: { uri: 'files/pictures/', format: 'images' as const, images: { target_size: [8, 8] as [number, number], class_mode: 'binary' as const } } } };
      await expectHarmless(request, /^files\/pictures\/dogs\/2\.png: expected an image of at most \d+ pixels, .*, received one of 50000 × 50000/);
    });

    it('a line of 100 MB', async () => {
      await api.upload('line.csv', Buffer.concat([Buffer.from(`${header}1,2,3,4,5,6,7,8,0\n1,2,3,4,5,6,7,8,1\n`), Buffer.alloc(1e8, '7,')]));
      await expectHarmless(streamedFile('line.csv'), /^files\/line\.csv, row 3: expected a line of at most 16777216 characters, received a longer one/);
    });
  });

  it('after all of these the worker trains as before', async () => {
    const { id } = await api.submit(streamed('train'));
    await api.until(id, 'succeeded');
    expect((await api.history(id)).history).toEqual(undisturbed);
  });

  // The last: the server's keys are other ones from here on.
  it('keys that are revoked: the job fails and says so; with the new ones it can be retried, and has lost nothing', async () => {
    const { id } = await api.submit(streamed('train', { limits: { max_attempts: 2 } }));
    await api.untilEpoch(id, 2);
    const { secretKey } = await seaweed.revoke();
    const { error } = await api.until(id, 'failed');
    expect(error).toMatchObject({ code: 'attempts_exhausted', retryable: true, message: expect.stringContaining('the secret key is wrong') as string });
    await worker.stop();
    worker = await stack.startWorker({ S3_ENDPOINT: proxy.url, S3_SECRET_KEY: secretKey });
    await api.act(id, 'retry');
    await api.until(id, 'succeeded');
    expect((await api.history(id)).history).toEqual(undisturbed);
  });
});

const layer = (class_name: string, config: object) => ({ class_name, config });
const pictureNetwork = {
  class_name: 'Sequential',
  keras_version: '2.0.8',
  config: [layer('Flatten', { name: 'flatten_1', batch_input_shape: [null, 8, 8, 3] }), layer('Dense', { name: 'dense_1', units: 1, activation: 'sigmoid' })],
};

/** A black PNG; of a large one the first rows only, as its header does not tell. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, content: Buffer): Buffer => {
    const framed = Buffer.alloc(content.length + 12);
    framed.writeUInt32BE(content.length);
    framed.write(type, 4, 'latin1');
    content.copy(framed, 8);
    framed.writeUInt32BE(crc32(framed.subarray(4, -4)), content.length + 8);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8); // 8 bits, red, green and blue
  const rows = Buffer.alloc(Math.min(2 ** 20, (3 * width + 1) * height));
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', header), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))]);
}
