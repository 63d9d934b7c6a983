// Reads shards from S3, and trains on them: from memory, and as they come. One request a line: see bench/src/data/run-data.ts.
import { type Batch, buildModel, compileModel, fit, fitGenerator, planTraining, Trainer, type TrainingPlan } from '@trainyard/engine';
import { parseModel } from '@trainyard/keras-format';
import { type Dataset, openDataset } from '@trainyard/dataset';
import { openS3Store, type ObjectStore, type S3Config } from '@trainyard/object-store';
import { Source } from '@trainyard/protocol';
import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';

import type { Case } from '../cases.js';
import { serve } from './serve.js';

export type DataRequest =
  /** The shards below `prefix`, bound to `x0`, … and `y0`, … */
  | { readonly op: 'open'; readonly config: S3Config; readonly bucket: string; readonly prefix: string; readonly inputs: number; readonly targets: number; readonly images: boolean; readonly workers: number }
  /** Loads them, builds the model and trains two epochs. */
  | { readonly op: 'prepare'; readonly case_: Case }
  /** Answers milliseconds a step. */
  | { readonly op: 'train'; readonly from: 'memory' | 'stream'; readonly epochs: number }
  /** Reads all once; answers bytes and seconds. */
  | { readonly op: 'read'; readonly by: 'stream' | 'get_object' };

interface Opened {
  readonly store: ObjectStore;
  readonly dataset: Dataset;
  readonly workers: number;
}

const seed = 1;
let opened: Opened | undefined;
let prepared: { readonly trainer: Trainer; readonly data: Batch; readonly batchSize: number; readonly plan: TrainingPlan } | undefined;

async function open({ config, bucket, prefix, inputs, targets, images, workers }: Extract<DataRequest, { op: 'open' }>): Promise<{ rows: number }> {
  const store = openS3Store(config, bucket);
  const names = (letter: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${letter}${i}`);
  const [x, y] = [names('x', inputs), names('y', targets)];
  const transforms = images ? x.map((column) => ({ rescale: { column, scale: 1 / 255 } })) : [];
  const source = Source.parse({ uri: `files/${prefix}`, x, ...(y.length > 0 && { y }), transforms });
  const dataset = await openDataset(source, { inputs: x, outputs: y, resolve: (uri) => ({ store, prefix: uri.replace(/^files\//, '') }) });
  opened = { store, dataset, workers };
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
  const { dataset, workers } = required(opened);
  const { trainer, data, batchSize, plan } = required(prepared);
  const stepsPerEpoch = Math.ceil((dataset.rows ?? 0) / batchSize);
  const started = performance.now();
  if (from === 'memory') await fit(trainer, data, { batchSize, epochs, plan: () => plan });
  else {
    const stream = dataset.stream({ batchSize, seed, shuffle: true, workers });
    await fitGenerator(trainer, stream, { stepsPerEpoch, epochs, plan: () => plan });
    await stream.close();
  }
  return { ms: (performance.now() - started) / stepsPerEpoch / epochs };
}

async function read({ by }: Extract<DataRequest, { op: 'read' }>): Promise<{ bytes: number; seconds: number }> {
  const { store, dataset, workers } = required(opened);
  const bytes = dataset.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const started = performance.now();
  if (by === 'get_object') for (const { key } of dataset.shards) for await (const _chunk of (await store.get(key)).body);
  else {
    const stream = dataset.stream({ batchSize: 128, seed, shuffle: false, workers });
    for (let left = Math.ceil((dataset.rows ?? 0) / 128); left > 0; left -= 4) await stream.take(Math.min(4, left));
    await stream.close();
  }
  return { bytes, seconds: (performance.now() - started) / 1000 };
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
