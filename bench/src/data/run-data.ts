import { openS3Store, type ObjectStore } from '@trainyard/object-store';

import { type Case, readCases } from '../cases.js';
import type { JsonProcess } from '../contenders/json-process.js';
import { startOurData } from '../contenders/ours.js';
import { measurePair, type Pair } from '../measure/pairing.js';
import type { DataRequest } from '../trainyard/streamed-data.js';
import { putBlobs, putShards } from './make-shards.js';
import { type Seaweed, startSeaweed } from './seaweed.js';

/** Rows of the full size, and how they are stored. */
const cases = [
  { name: 'mlp_binary', rows: 1_000_000, images: false, epochs: 3 },
  { name: 'vgg_like', rows: 1_280, images: true, epochs: 1 },
] as const;
const shards = 10;
/** Bytes of the two sources whose peak memory is compared, at the full size. */
const sourceBytes = [5e8, 5e9] as const;

export interface StreamedCase {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
  /** Milliseconds a step: `ours` from the stream, `peer` from memory. */
  readonly training: readonly Pair[];
  /** Bytes a second: `ours` through the stream, `peer` by a bare loop of GETs. */
  readonly reading: readonly Pair[];
}

export interface DataRun {
  readonly cases: readonly StreamedCase[];
  readonly memory: readonly { readonly bytes: number; readonly peakMiB: number }[];
}

export const dataCases = cases.map(({ name }) => name);

export interface DataOptions {
  /** Some of `dataCases`. */
  readonly cases: readonly string[];
  readonly repeats: number;
  /** Share of the full sizes. */
  readonly scale: number;
  readonly say: (text: string) => void;
}

/** Training and reading from an S3 server of its own: beside the same training from memory, and beside a bare loop of GETs. */
export async function runData(env: NodeJS.ProcessEnv, options: DataOptions, programs?: string): Promise<DataRun> {
  const seaweed = await startSeaweed();
  try {
    const start = (): JsonProcess => startOurData(env, programs);
    const store = openS3Store(seaweed.config, seaweed.bucket);
    const streamed: StreamedCase[] = [];
    for (const case_ of cases) if (options.cases.includes(case_.name)) streamed.push(await runStreamed(case_, { seaweed, store, start }, options));
    const memory: DataRun['memory'][number][] = [];
    for (const bytes of sourceBytes) memory.push(await peakOf(Math.round(bytes * options.scale), { seaweed, store, start }, options));
    return { cases: streamed, memory };
  } finally {
    await seaweed.stop();
  }
}

interface Server {
  readonly seaweed: Seaweed;
  readonly store: ObjectStore;
  readonly start: () => JsonProcess;
}

async function runStreamed({ name, images, epochs, ...full }: (typeof cases)[number], { seaweed, store, start }: Server, { repeats, scale, say }: DataOptions): Promise<StreamedCase> {
  const [case_] = (await readCases([name])) as [Case];
  const rows = Math.max(case_.batch_size * shards, Math.round(full.rows * scale));
  say(`${name}: ${rows} rows`);
  const bytes = await putShards(store, `${name}/`, case_, { rows, shards, images });
  const process = start();
  const ask = <T>(request: DataRequest): Promise<T> => process.ask<T>(request);
  try {
    await ask({ op: 'open', config: seaweed.config, bucket: seaweed.bucket, prefix: `${name}/`, inputs: case_.inputs.length, targets: case_.targets.length, images, workers: 1 });
    const rate = async (by: 'stream' | 'get_object'): Promise<number> => {
      const read = await ask<{ bytes: number; seconds: number }>({ op: 'read', by });
      return read.bytes / read.seconds;
    };
    const ms = async (from: 'memory' | 'stream'): Promise<number> => (await ask<{ ms: number }>({ op: 'train', from, epochs })).ms;
    const reading: Pair[] = [];
    for (let round = 0; round < repeats; round++) reading.push(await measurePair(round, () => rate('stream'), () => rate('get_object')));
    await ask({ op: 'prepare', case_ });
    const training: Pair[] = [];
    for (let round = 0; round < repeats; round++) {
      training.push(await measurePair(round, () => ms('stream'), () => ms('memory')));
      say(`${name}: pair ${round + 1} of ${repeats}`);
    }
    return { name, rows, bytes, training, reading };
  } finally {
    await process.close();
  }
}

/** The most memory of a process that streams a source of about so many bytes once. */
async function peakOf(bytes: number, { seaweed, store, start }: Server, { say }: DataOptions): Promise<DataRun['memory'][number]> {
  say(`memory: a source of ${Math.round(bytes / 1e6)} MB`);
  const prefix = `blobs-${bytes}/`;
  await putBlobs(store, prefix, bytes);
  const process = start();
  try {
    await process.ask({ op: 'open', config: seaweed.config, bucket: seaweed.bucket, prefix, inputs: 1, targets: 0, images: true, workers: 1 } satisfies DataRequest);
    const { bytes: read } = await process.ask<{ bytes: number }>({ op: 'read', by: 'stream' } satisfies DataRequest);
    return { bytes: read, peakMiB: await process.peakRssMiB() };
  } finally {
    await process.close();
  }
}
