// Reads files from a store, and trains on them: from memory, and as they come. One request a line: see bench/src/data/run-streamed.ts.
import { type Batch, buildModel, compileModel, fit, fitGenerator, planTraining, Trainer, type TrainingPlan } from '@trainyard/engine';
import { parseModel } from '@trainyard/keras-format';
import { type Dataset, openDataset, readShards } from '@trainyard/dataset';
import { type ObjectStore, openStoreAt, type StoreLocation } from '@trainyard/object-store';
import type { Source } from '@trainyard/protocol';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';

import type { Case } from '../cases.js';
import { decodeAll } from './decode-all.js';
import { serve } from './serve.js';

export type DataRequest =
  /** The files of a source, for a model with such names. */
  | { readonly op: 'open'; readonly store: StoreLocation; readonly source: Source; readonly inputs: readonly string[]; readonly outputs: readonly string[] }
  /** Loads them, builds the model and trains two epochs. */
  | { readonly op: 'prepare'; readonly case_: Case }
  /** Answers milliseconds a step. `memory_and_decoder`: from memory, while each image is decoded once an epoch beside it, for nothing. */
  | { readonly op: 'train'; readonly from: 'memory' | 'stream' | 'memory_and_decoder'; readonly epochs: number }
  /** Reads all so many times: batches, bytes as the stream fetches them, bare files, or images that are decoded from memory. Answers rows, bytes and seconds. */
  | { readonly op: 'read'; readonly by: 'stream' | 'fetched' | 'get_object' | 'decoder'; readonly batchSize: number; readonly workers: number; readonly passes: number };

interface Opened {
  readonly store: ObjectStore;
  readonly dataset: Dataset;
}

const seed = 1;
/** As in Keras. */
const trainingWorkers = 1;
/** As a stream with one worker fetches: pieces of arrays, or images. */
const rangesAtOnce = 3;
const filesAtOnce = 8;
const manyFiles = 100;
let opened: Opened | undefined;
let prepared: { readonly trainer: Trainer; readonly data: Batch; readonly batchSize: number; readonly plan: TrainingPlan } | undefined;

async function open({ store: location, source, inputs, outputs }: Extract<DataRequest, { op: 'open' }>): Promise<{ rows: number }> {
  const store = openStoreAt(location);
  const dataset = await openDataset(source, { inputs, outputs, resolve: (uri) => ({ store, prefix: uri.replace(/^files\//, '') }) });
  opened = { store, dataset };
  return { rows: dataset.rows ?? 0 };
}

async function prepare({ case_ }: Extract<DataRequest, { op: 'prepare' }>): Promise<void> {
  const { dataset } = required(opened);
  const data = await dataset.load();
  const compiled = compileModel(buildModel(parseModel(case_.model)), { ...case_.compile, metrics: [...case_.compile.metrics] });
  const trainer = new Trainer(compiled, createTensorFlowRuntime({ library: findLibrary(process.env) }), seed);
  await trainer.initialize();
  prepared = { trainer, data, batchSize: case_.batch_size, plan: planTraining(compiled.model, { batchSize: case_.batch_size, steps: 1_000_000 }) };
  for (const from of ['memory', 'stream'] as const) await train({ op: 'train', from, epochs: 1 });
}

async function train({ from, epochs }: Extract<DataRequest, { op: 'train' }>): Promise<{ ms: number }> {
  const { dataset } = required(opened);
  const { trainer, data, batchSize, plan } = required(prepared);
  const stepsPerEpoch = Math.ceil((dataset.rows ?? 0) / batchSize);
  const images = from === 'memory_and_decoder' ? await storedFiles() : [];
  const started = performance.now();
  if (from !== 'stream') await Promise.all([fit(trainer, data, { batchSize, epochs, plan: () => plan }), decodeAll(images, epochs, trainingWorkers)]);
  else {
    const stream = dataset.stream({ batchSize, seed, shuffle: true, workers: trainingWorkers });
    await fitGenerator(trainer, stream, { stepsPerEpoch, epochs, plan: () => plan });
    await stream.close();
  }
  return { ms: (performance.now() - started) / stepsPerEpoch / epochs };
}

async function read({ by, batchSize, workers, passes }: Extract<DataRequest, { op: 'read' }>): Promise<{ rows: number; bytes: number; seconds: number }> {
  const { store, dataset } = required(opened);
  const bytes = dataset.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const rows = dataset.rows ?? 0;
  const files = by === 'decoder' ? await storedFiles() : [];
  const started = performance.now();
  switch (by) {
    case 'stream': {
      const stream = dataset.stream({ batchSize, seed, shuffle: false, workers });
      for (let left = passes * Math.ceil(rows / batchSize); left > 0; left -= 4) await stream.take(Math.min(4, left));
      await stream.close();
      break;
    }
    case 'fetched':
      for (let pass = 0; pass < passes; pass++) for await (const _part of readShards(store, dataset.shards, dataset.shards.length > manyFiles ? filesAtOnce : rangesAtOnce));
      break;
    case 'get_object':
      for (let pass = 0; pass < passes; pass++) for (const { key } of dataset.shards) for await (const _chunk of (await store.get(key)).body);
      break;
    case 'decoder':
      await decodeAll(files, passes, workers);
  }
  return { rows: passes * rows, bytes: passes * bytes, seconds: (performance.now() - started) / 1000 };
}

async function storedFiles(): Promise<Uint8Array[]> {
  const { store, dataset } = required(opened);
  const files: Uint8Array[] = [];
  for (const { key } of dataset.shards) files.push(await store.read(key));
  return files;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('expected `open`, and `prepare`, before this');
  return value;
}

await serve<DataRequest>((request) => {
  switch (request.op) {
    case 'open':
      return open(request);
    case 'prepare':
      return prepare(request);
    case 'train':
      return train(request);
    case 'read':
      return read(request);
  }
});
process.kill(process.pid, 'SIGKILL'); // libtensorflow may take its time to come down
