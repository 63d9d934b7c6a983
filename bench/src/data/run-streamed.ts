import os from 'node:os';
import path from 'node:path';

import type { ObjectStore, StoreLocation } from '@trainyard/object-store';

import { type Case, readCases } from '../cases.js';
import type { JsonProcess } from '../contenders/json-process.js';
import type { ReaderName } from '../contenders/peers.js';
import { measurePair, type Pair } from '../measure/pairing.js';
import type { DataRequest } from '../trainyard/streamed-data.js';
import { type DataCase, filesFor, putData, sourceOf } from './data-case.js';
import type { DataOptions } from './run-data.js';

/** Where data lie, and who reads them. */
export interface Place {
  readonly s3: ObjectStore;
  /** The same files, in `folder`. */
  readonly disk: ObjectStore;
  readonly folder: string;
  readonly start: () => JsonProcess;
  readonly startReader: ((reader: ReaderName) => JsonProcess) | undefined;
}

/** What was measured of a case. Rates are rows a second. */
export interface StreamedCase {
  readonly name: string;
  readonly rows: number;
  /** Of its files. */
  readonly bytes: number;
  /** Milliseconds a step: `ours` from the stream, `peer` from memory. */
  readonly training: readonly Pair[];
  /** Milliseconds a step from memory, while the decoder alone decodes the same images beside it: no stream of images is faster. */
  readonly decodingBeside: readonly number[];
  /** Rates: `ours` the bytes as the stream fetches them from S3, nothing made of them; `peer` by a bare loop of GETs. */
  readonly fetching: readonly Pair[];
  /** Rates: `ours` through the stream from S3, as batches; `peer` by a bare loop of GETs. */
  readonly reading: readonly Pair[];
  /** Rates: `ours` through the stream from the disk, `peer` by Python from the same files. */
  readonly beside: readonly { readonly reader: ReaderName; readonly pairs: readonly Pair[] }[];
  /** Rates of the decoder alone, of files that are in memory. None where there is nothing to decode. */
  readonly decoding: readonly number[];
}

type Read = Extract<DataRequest, { op: 'read' }>;
type Train = Extract<DataRequest, { op: 'train' }>;

export async function runStreamed(dataCase: DataCase, place: Place, options: DataOptions): Promise<StreamedCase> {
  const { name, model, epochs } = dataCase;
  const [case_] = (await readCases([model])) as [Case];
  const rows = Math.max(2 * case_.batch_size, Math.round(dataCase.rows * options.scale));
  options.say(`${name}: ${rows} rows`);
  const bytes = await putData(dataCase, case_, rows, async (key, file) => {
    await place.disk.put(key, file);
    return (await place.s3.put(key, file)).bytes;
  });
  const run = new CaseRun(dataCase, case_, place, options);
  const beside = await run.beside();
  return { name, rows, bytes, beside, ...(await run.fromS3(epochs)) };
}

class CaseRun {
  constructor(
    private readonly dataCase: DataCase,
    private readonly case_: Case,
    private readonly place: Place,
    private readonly options: DataOptions,
  ) {}

  async fromS3(epochs: number): Promise<Pick<StreamedCase, 'fetching' | 'reading' | 'decoding' | 'training' | 'decodingBeside'>> {
    const ours = await this.open(this.place.s3);
    try {
      const fetching = await this.pairs('fetching', () => this.rate(ours, { by: 'fetched', workers: 1 }), () => this.rate(ours, { by: 'get_object', workers: 1 }));
      const reading = await this.pairs('reading', () => this.rate(ours, { by: 'stream', workers: 1 }), () => this.rate(ours, { by: 'get_object', workers: 1 }));
      const decodes = this.dataCase.stored === 'jpeg';
      const decoding = decodes ? await this.times(() => this.rate(ours, { by: 'decoder', workers: 2 })) : [];
      await ours.ask({ op: 'prepare', case_: this.case_ } satisfies DataRequest);
      const train = async (from: Train['from']): Promise<number> => (await ours.ask<{ ms: number }>({ op: 'train', from, epochs } satisfies DataRequest)).ms;
      const training = await this.pairs('training', () => train('stream'), () => train('memory'));
      const decodingBeside = decodes ? await this.times(() => train('memory_and_decoder')) : [];
      return { fetching, reading, decoding, training, decodingBeside };
    } finally {
      await ours.close();
    }
  }

  /** Each with as many threads as the peer has: `tf.data` takes all that there are, Keras's generators have one. */
  async beside(): Promise<StreamedCase['beside']> {
    const { startReader, disk, folder } = this.place;
    const beside: { reader: ReaderName; pairs: Pair[] }[] = [];
    for (const reader of startReader ? this.dataCase.readers : []) {
      const ours = await this.open(disk);
      const peer = startReader?.(reader);
      if (!peer) continue;
      try {
        await peer.ask({ op: 'open', files: filesFor(this.dataCase, this.case_, path.join(folder, this.dataCase.name)) });
        const workers = reader === 'tf_data' ? os.availableParallelism() : 1;
        const pairs = await this.pairs(`reading beside ${reader}`, () => this.rate(ours, { by: 'stream', workers }), () => rateOf(peer, { op: 'read', passes: this.dataCase.passes }));
        beside.push({ reader, pairs });
      } finally {
        await Promise.all([ours.close(), peer.close()]);
      }
    }
    return beside;
  }

  private async open(store: ObjectStore): Promise<JsonProcess> {
    const process = this.place.start();
    const { case_, dataCase } = this;
    const source = sourceOf(dataCase, case_);
    const names = (letter: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${letter}${i}`);
    await process.ask({ op: 'open', store: locationOf(store), source, inputs: names('x', case_.inputs.length), outputs: names('y', case_.targets.length) } satisfies DataRequest);
    return process;
  }

  private rate(process: JsonProcess, read: Pick<Read, 'by' | 'workers'>): Promise<number> {
    return rateOf(process, { op: 'read', batchSize: this.case_.batch_size, passes: this.dataCase.passes, ...read });
  }

  private async pairs(what: string, ours: () => Promise<number>, peer: () => Promise<number>): Promise<Pair[]> {
    const { repeats, say } = this.options;
    say(`${this.dataCase.name}: ${what}, ${repeats} pairs`);
    const pairs: Pair[] = [];
    for (let round = 0; round < repeats; round++) pairs.push(await measurePair(round, ours, peer));
    return pairs;
  }

  private async times(measure: () => Promise<number>): Promise<number[]> {
    const values: number[] = [];
    for (let round = 0; round < this.options.repeats; round++) values.push(await measure());
    return values;
  }
}

async function rateOf(process: JsonProcess, request: Read | Pick<Read, 'op' | 'passes'>): Promise<number> {
  const { rows, seconds } = await process.ask<{ rows: number; seconds: number }>(request);
  return rows / seconds;
}

/** For another process to open the same store. */
export function locationOf({ location }: ObjectStore): StoreLocation {
  if (!location) throw new Error('expected a store that other processes can open');
  return location;
}
