import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const penguins = 'species,bill_length,island,mass\nAdelie,39.1,Torgersen,3750\nGentoo,46.5,Biscoe,5200\nAdelie,37.8,Dream,3400\n';
const classes = { to_categorical: { column: 'species', classes: ['Adelie', 'Chinstrap', 'Gentoo'] } };

test('several columns are one vector, in the given order; words become one-hot rows', async () => {
  await files.put('files/p.csv', penguins);
  const dataset = await files.open({ uri: 'files/p.csv', x: ['mass', 'bill_length'], y: 'species', transforms: [classes] });
  expect(dataset).toMatchObject({ x: [{ name: 'input', dtype: 'float32', shape: [2] }], y: [{ name: 'output', dtype: 'float32', shape: [3] }], rows: undefined });
  const { x, y } = await dataset.load();
  expect(x[0]).toEqual({ dtype: 'float32', shape: [3, 2], data: Float32Array.of(3750, 39.1, 5200, 46.5, 3400, 37.8) });
  expect(y[0]).toEqual({ dtype: 'float32', shape: [3, 3], data: Float32Array.of(1, 0, 0, 0, 0, 1, 1, 0, 0) });
  expect(dataset.rows).toBe(3);
});

test('without x: all columns of numbers that are not used otherwise', async () => {
  await files.put('files/p.csv', penguins);
  const dataset = await files.open({ uri: 'files/p.csv', y: 'species', transforms: [classes] });
  expect((await dataset.load()).x[0]!.data).toEqual(Float32Array.of(39.1, 3750, 46.5, 5200, 37.8, 3400));
});

test('predicting from the source that a model was trained on: the targets are neither looked at nor taken for inputs', async () => {
  await files.put('files/p.csv', penguins.replace('Gentoo', 'a new species'));
  const dataset = await files.open({ uri: 'files/p.csv', y: 'species', transforms: [classes] }, { outputs: [] });
  const { x, y } = await dataset.load();
  expect([x[0]!.shape, y]).toEqual([[3, 2], []]);
  const mass = await files.open({ uri: 'files/p.csv', y: 'mass', transforms: [{ rescale: { column: 'mass', scale: 2 } }] }, { outputs: [] });
  expect((await mass.load()).x[0]!.data).toEqual(Float32Array.of(39.1, 46.5, 37.8));
});

test('one column is one number a row', async () => {
  await files.put('files/p.csv', penguins);
  const dataset = await files.open({ uri: 'files/p.csv', x: 'mass', y: 'bill_length', sample_weight: 'mass' });
  expect(dataset.x[0]!.shape).toEqual([]);
  const { sampleWeight } = await dataset.load();
  expect(sampleWeight?.[0]).toEqual({ dtype: 'float32', shape: [3], data: Float32Array.of(3750, 5200, 3400) });
});

test.each([
  ['gzip', gzipSync(penguins), 'p.csv.gz'],
  ['gzip in two members', Buffer.concat([gzipSync(penguins.slice(0, 50)), gzipSync(penguins.slice(50))]), 'p.csv.gz'],
  ['a byte order mark', Buffer.from(`\ufeff${penguins}`), 'p.csv'],
  ['Windows line ends', Buffer.from(penguins.replaceAll('\n', '\r\n')), 'p.csv'],
  ['no line end at the end', Buffer.from(penguins.trimEnd()), 'p.csv'],
  ['empty lines', Buffer.from(penguins.replaceAll('\n', '\n\n')), 'p.csv'],
  ['quotes and spaces', Buffer.from(penguins.replace('39.1', '" 39.1 "').replace('Torgersen', '"Torger, ""sen"""')), 'p.csv'],
])('%s', async (_what, body, name) => {
  await files.put(`files/${name}`, body);
  const { x } = await (await files.open({ uri: `files/${name}`, x: ['bill_length'], y: 'mass' })).load();
  expect(x[0]).toEqual({ dtype: 'float32', shape: [3], data: Float32Array.of(39.1, 46.5, 37.8) });
});

test('more rows than a block', async () => {
  const count = 50_001;
  await files.put('files/long.csv', `a,y\n${Array.from({ length: count }, (_, i) => `${i},${i % 7}\n`).join('')}`);
  const dataset = await files.open({ uri: 'files/long.csv', y: 'y' });
  const { x } = await dataset.load();
  expect(x[0]!.data).toEqual(Float32Array.from({ length: count }, (_, i) => i));
  for await (const batch of dataset.stream({ batchSize: 20_000, seed: 0, shuffle: false, startBatch: 5 })) {
    expect(batch.x[0]!.data).toEqual(Float32Array.from({ length: 10_001 }, (_, i) => 40_000 + i));
    break;
  }
});

test('integers that float32 cannot hold keep their digits through a cast', async () => {
  await files.put('files/ids.csv', 'id,y\n16777217,1\n');
  const { x } = await (await files.open({ uri: 'files/ids.csv', x: 'id', y: 'y', transforms: [{ cast: { column: 'id', dtype: 'int32' } }] })).load();
  expect(x[0]!.data).toEqual(Int32Array.of(16777217));
});

describe('what is wrong is named with file, row and column', () => {
  const message = async (text: string | Buffer, source: object = { x: ['a', 'b'], y: 'y' }, name = 'p.csv') => {
    await files.put(`files/${name}`, text);
    try {
      await (await files.open({ uri: `files/${name}`, ...source })).load();
    } catch (error) {
      expect((error as Error).name, (error as Error).stack).toBe('DataError');
      return (error as Error).message;
    }
    throw new Error('expected a DataError');
  };

  test.each([
    ['', 'received nothing; add "fill" or "drop_rows" to the transforms'],
    ['NaN', 'received "NaN", which stands for a missing value; add "fill" or "drop_rows" to the transforms'],
    ['NA', 'received "NA", which stands for a missing value; add "fill" or "drop_rows" to the transforms'],
    ['inf', 'received "inf"'],
    ['1e999', 'received "1e999"'],
    ['0x10', 'received "0x10"; for names of classes give to_categorical their "classes", for text declare "csv": {"dtypes": {…: "text"}}'],
    [' 0x10', 'received " 0x10"; for names of classes give to_categorical their "classes", for text declare "csv": {"dtypes": {…: "text"}}'],
    ['Adelie', 'received "Adelie"; for names of classes give to_categorical their "classes", for text declare "csv": {"dtypes": {…: "text"}}'],
  ])('%j is no number', async (value, received) => {
    expect(await message(`a,b,y\n1,2,0\n3,4,1\n5,${value},0\n`)).toBe(`files/p.csv, row 3, column "b": expected a number, ${received}`);
  });

  test('the row is right behind the first block too', async () => {
    expect(await message(`a,b,y\n${'1,2,0\n'.repeat(40_000)}1,x,0\n`)).toMatch(/^files\/p\.csv, row 40001, column "b"/);
  });

  test('a row of another length', async () => {
    expect(await message('a,b,y\n1,2,0\n1,2\n')).toBe('files/p.csv, row 2: expected 3 values, received 2');
    expect(await message('a,b,y\n1,2,0,7\n')).toBe('files/p.csv, row 1: expected 3 values, received 4');
  });

  test('a class that is not in the list', async () => {
    expect(await message('a,b,y\n1,2,yes\n1,2,perhaps\n', { x: 'a', y: 'y', transforms: [{ to_categorical: { column: 'y', classes: ['no', 'yes'] } }] })).toBe(
      'files/p.csv, row 2, column "y": expected one of the classes "no" and "yes", received "perhaps"',
    );
    expect(await message('a,b,y\n1,2,1\n1,2,2\n', { x: 'a', y: 'y', transforms: [{ to_categorical: { column: 'y', num_classes: 2 } }] })).toBe(
      'files/p.csv, row 2, column "y": expected a class from 0 to 1, received 2',
    );
  });

  test('columns and headers', async () => {
    expect(await message('a,b,y\n1,2,0\n', { x: ['a', 'c'], y: 'y' })).toBe('files/p.csv, column "c": there is no such column; there are "a", "b" and "y"');
    expect(await message('a,a,y\n1,2,0\n')).toBe('files/p.csv, header: expected columns of different names, received "a" twice');
    expect(await message('1,2,0\n3,4,1\n')).toMatch(/^files\/p\.csv, header: expected a first line with the columns' names, received the numbers 1, 2, 0/);
    expect(await message('a,b,z\n1,2,0\n', { x: 'a' })).toBe('files/p.csv: expected targets named "y", there are "a", "b" and "z"; say which with "y"');
    expect(await message('')).toBe('files/p.csv: expected a header line, received an empty file');
    expect(await message('a,b,y\n')).toBe('files/p.csv: expected at least one row, received none');
  });

  test('a quote that is not closed', async () => {
    expect(await message('a,b,y\n1,2,0\n1,"2,0\n1,2,0\n')).toMatch(/^files\/p\.csv, row 2: expected fields with both of their quotes, received a quote that is not closed/);
    expect(await message('a,b,y\n1,2,0\n1,"2"x,0\n1,2,0\n')).toMatch(/^files\/p\.csv, row 2: expected fields with both of their quotes, received text between/);
  });

  test('a damaged or cut gzip', async () => {
    const gz = gzipSync(`a,b,y\n${Array.from({ length: 5000 }, (_, i) => `${i},${Math.sin(i)},0\n`).join('')}`);
    expect(await message(gz.subarray(0, gz.length / 2), undefined, 'p.csv.gz')).toMatch(/^files\/p\.csv\.gz: the gzip data are damaged or cut short \(after \d+ bytes of content\)/);
    expect(await message('a,b,y\n1,2,0\n', undefined, 'q.csv.gz')).toMatch(/^files\/q\.csv\.gz: the gzip data are damaged or cut short/);
  });
});
