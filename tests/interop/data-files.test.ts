import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDataset } from '@trainyard/dataset';
import type { NdArray } from '@trainyard/ndarray';
import { openFilesystemStore, type ObjectStore } from '@trainyard/object-store';
import { Source } from '@trainyard/protocol';
import { KERAS_PEERS, pythonEnvironment, type PythonEnvironment } from '../support/python.js';

/** numpy's arrays of many kinds, their rows in one order, written by whoever owns the format; what they hold as JSON. */
const ARRAYS = `
import json, numpy as np, os, sys
random, rows, folder = np.random.RandomState(int(sys.argv[2])), int(sys.argv[3]), sys.argv[1]
arrays = dict(x=random.randn(rows, 3).astype('f4'), y=random.randint(-2**40, 2**40, rows), flag=random.rand(rows) < 0.5, d=random.randn(rows))
tokens = [random.randint(0, 1000, random.randint(1, 9)).tolist() for _ in range(rows)]
words = ['größe %d' % (i % 7) for i in range(rows)]
def path(name): return os.path.join(folder, name)
def done(): print(json.dumps(dict({name: np.asarray(a, 'f8').reshape(-1).tolist() for name, a in arrays.items()}, padded=[n for t in tokens for n in t + [0] * (8 - len(t))])))
`;
const TFRECORD = `${ARRAYS}
import tensorflow as tf
def feature(v):
    if isinstance(v[0], str): return tf.train.Feature(bytes_list=tf.train.BytesList(value=[s.encode() for s in v]))
    if isinstance(v[0], float): return tf.train.Feature(float_list=tf.train.FloatList(value=v))
    return tf.train.Feature(int64_list=tf.train.Int64List(value=v))
for name, compression in [('data.tfrecord', ''), ('data.tfrecord.gz', 'GZIP'), ('data.tfrec', 'ZLIB')]:
    with tf.io.TFRecordWriter(path(name), compression) as writer:
        for i in range(rows):
            row = dict(x=arrays['x'][i].tolist(), y=[int(arrays['y'][i])], tokens=tokens[i], word=[words[i]])
            writer.write(tf.train.Example(features=tf.train.Features(feature={k: feature(v) for k, v in row.items()})).SerializeToString())
done()
`;
const PARQUET = `${ARRAYS}
import pandas as pd, pyarrow as pa, pyarrow.parquet as pq
frame = pd.DataFrame(dict(x=list(arrays['x']), y=arrays['y'], flag=arrays['flag'], d=arrays['d'], tokens=tokens, word=words))
for compression in ['snappy', 'gzip', 'zstd', None]:
    frame.to_parquet(path('data.%s.parquet' % compression), compression=compression, row_group_size=101)
pq.write_table(pa.Table.from_pandas(frame), path('data.v2.parquet'), data_page_version='2.0', use_dictionary=False, data_page_size=512, write_page_checksum=True)
done()
`;
const TEXT = `${ARRAYS}
import pandas as pd
frame = pd.DataFrame(dict({'x%d' % i: arrays['x'][:, i] for i in range(3)}, y=arrays['y'], flag=arrays['flag'], d=arrays['d'], word=words))
frame.to_csv(path('data.csv'), index=False)
frame.to_csv(path('data.csv.gz'), index=False, quoting=1)
frame.to_csv(path('data.tsv'), index=False, sep='\\t')
frame = pd.DataFrame(dict(x=arrays['x'].tolist(), y=arrays['y'], flag=arrays['flag'], d=arrays['d'], tokens=tokens, word=words))
frame.to_json(path('data.jsonl'), orient='records', lines=True, double_precision=15)
frame.to_json(path('data.jsonl.gz'), orient='records', lines=True, double_precision=15, force_ascii=False)
done()
`;
const HDF5 = `${ARRAYS}
import h5py
for name, options in [('data.h5', {}), ('data.hdf5', dict(compression='gzip', shuffle=True, chunks=True)), ('data.hdf', dict(libver='latest'))]:
    with h5py.File(path(name), 'w', libver=options.pop('libver', None)) as file:
        for key, array in arrays.items(): file.create_dataset(key, data=array, **options)
        file.create_dataset('word', data=words, dtype=h5py.string_dtype(), **options)
done()
`;

const rows = 500;
let folder: string;
let store: ObjectStore;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trainyard-data-files-'));
  store = await openFilesystemStore(join(folder, 'store'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Written = Record<'x' | 'y' | 'flag' | 'd' | 'padded', number[]>;

async function write(environment: PythonEnvironment, program: string, seed: number): Promise<Written> {
  return (await environment.run(program, [folder, String(seed), String(rows)])) as Written;
}

/** A file as a dataset of these columns, each an input: all its rows. */
async function read(name: string, columns: Record<string, string | string[]>, transforms: object[] = [], options: object = {}): Promise<Record<string, NdArray>> {
  await store.put(`files/${name}`, createReadStream(join(folder, name)));
  const source = Source.parse({ uri: `files/${name}`, x: columns, transforms, ...options });
  const dataset = await openDataset(source, { inputs: Object.keys(columns), outputs: [], resolve: (uri) => ({ store, prefix: uri }) });
  const { x } = await dataset.load();
  return Object.fromEntries(Object.keys(columns).map((column, i) => [column, x[i]!]));
}

const numbersOf = (array: NdArray | undefined): number[] => Array.from(array!.data as ArrayLike<number | bigint>, Number);
const wordClasses = { to_categorical: { column: 'word', classes: Array.from({ length: 7 }, (_, i) => `größe ${i}`) } };
const oneHot = Array.from({ length: rows }, (_, i) => Array.from({ length: 7 }, (_, k) => Number(i % 7 === k))).flat();
const padded = { pad_sequences: { column: 'tokens', maxlen: 8, padding: 'post' } };

/** Installs what a format's owner needs, and writes its files once. */
function written(requirements: readonly string[], program: string, seed: number): () => Promise<Written | { skipped: string }> {
  let files: Promise<Written | { skipped: string }> | undefined;
  return () => (files ??= pythonEnvironment(requirements).then(async (environment) => ('skipped' in environment ? environment : write(environment, program, seed))));
}

const PANDAS = ['numpy==2.2.6', 'pandas==2.3.3', 'pyarrow==21.0.0'] as const;

const close = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual.length).toBe(expected.length);
  expect(Math.max(...actual.map((value, i) => Math.abs(value - expected[i]!)))).toBeLessThan(1e-6);
};

const timeout = 900_000; // the first one installs Python packages

describe('TensorFlow', () => {
  const files = written(KERAS_PEERS, TFRECORD, 1);
  test.for(['data.tfrecord', 'data.tfrecord.gz', 'data.tfrec'])('%s', { timeout }, async (name, context) => {
    const expected = await files();
    if ('skipped' in expected) return context.skip(expected.skipped);
    const { x, y, tokens, word } = await read(name, { x: 'x', y: 'y', tokens: 'tokens', word: 'word' }, [padded, wordClasses]);
    expect(x!.shape).toEqual([rows, 3]);
    expect(numbersOf(x)).toEqual(expected.x);
    expect(numbersOf(y)).toEqual(expected.y);
    expect(numbersOf(tokens)).toEqual(expected.padded);
    expect(numbersOf(word)).toEqual(oneHot);
  });
});

describe('pandas and pyarrow', () => {
  const files = written(PANDAS, PARQUET, 2);
  test.for(['data.snappy.parquet', 'data.gzip.parquet', 'data.zstd.parquet', 'data.None.parquet', 'data.v2.parquet'])('%s', { timeout }, async (name, context) => {
    const expected = await files();
    if ('skipped' in expected) return context.skip(expected.skipped);
    const { x, y, flag, d, tokens, word } = await read(name, { x: 'x', y: 'y', flag: 'flag', d: 'd', tokens: 'tokens', word: 'word' }, [padded, wordClasses]);
    expect(x!.shape).toEqual([rows, 3]);
    expect([numbersOf(x), numbersOf(y), numbersOf(flag), numbersOf(d)]).toEqual([expected.x, expected.y, expected.flag, expected.d]);
    expect(numbersOf(tokens)).toEqual(expected.padded);
    expect(numbersOf(word)).toEqual(oneHot);
  });
});

describe('pandas, as text', () => {
  const files = written(PANDAS, TEXT, 3);
  test.for(['data.csv', 'data.csv.gz', 'data.tsv'])('%s', { timeout }, async (name, context) => {
    const expected = await files();
    if ('skipped' in expected) return context.skip(expected.skipped);
    const { x, y, flag, d, word } = await read(name, { x: ['x0', 'x1', 'x2'], y: 'y', flag: 'flag', d: 'd', word: 'word' }, [wordClasses], { csv: { dtypes: { y: 'int64', d: 'float64' } } });
    expect(x!.shape).toEqual([rows, 3]);
    expect([numbersOf(x), numbersOf(y), numbersOf(flag), numbersOf(d)]).toEqual([expected.x, expected.y, expected.flag, expected.d]);
    expect(numbersOf(word)).toEqual(oneHot);
  });

  test.for(['data.jsonl', 'data.jsonl.gz'])('%s', { timeout }, async (name, context) => {
    const expected = await files();
    if ('skipped' in expected) return context.skip(expected.skipped);
    const { x, y, flag, d, tokens, word } = await read(name, { x: 'x', y: 'y', flag: 'flag', d: 'd', tokens: 'tokens', word: 'word' }, [padded, wordClasses], { jsonl: { dtypes: { y: 'int64', d: 'float64' } } });
    expect(x!.shape).toEqual([rows, 3]);
    close(numbersOf(x), expected.x);
    close(numbersOf(d), expected.d);
    expect([numbersOf(y), numbersOf(flag), numbersOf(tokens)]).toEqual([expected.y, expected.flag, expected.padded]);
    expect(numbersOf(word)).toEqual(oneHot);
  });
});

describe('h5py', () => {
  const files = written(KERAS_PEERS, HDF5, 4);
  test.for(['data.h5', 'data.hdf5', 'data.hdf'])('%s', { timeout }, async (name, context) => {
    const expected = await files();
    if ('skipped' in expected) return context.skip(expected.skipped);
    const { x, y, flag, d, word } = await read(name, { x: 'x', y: 'y', flag: 'flag', d: 'd', word: 'word' }, [wordClasses]);
    expect(x!.shape).toEqual([rows, 3]);
    expect([numbersOf(x), numbersOf(y), numbersOf(flag), numbersOf(d)]).toEqual([expected.x, expected.y, expected.flag, expected.d]);
    expect(numbersOf(word)).toEqual(oneHot);
  });
});
