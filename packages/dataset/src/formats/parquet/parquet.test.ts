import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, openTable, readColumn } from '../../testing/open-table.js';
import { temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';
import { checkRuns } from './runs.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const fixture = (name: string) => readFile(new URL(`../../../fixtures/${name}`, import.meta.url));
const open = async (bytes: Uint8Array, parquet?: object) => {
  await files.put('files/a.parquet', bytes);
  return openTable(files, { uri: 'files/a.parquet', ...(parquet && { parquet }) });
};

const ten = Array.from({ length: 10 }, (_, i) => i);
const optional = ten.map((i) => (i % 4 === 2 ? undefined : i));
/** What make_parquet.py wrote. */
const columns: Readonly<Record<string, readonly unknown[]>> = {
  f32: ten.map((i) => i + 0.5),
  f64: ten.map((i) => i / 3),
  f16: ten.map((i) => i / 2),
  i8: ten.map((i) => i - 5),
  u8: ten.map((i) => i * 20),
  i32: ten.map((i) => i - 5),
  u32: ten.map((i) => 4_000_000_000n + BigInt(i)),
  i64: ten.map((i) => 2n ** 53n + 1n + BigInt(i)),
  flag: ten.map((i) => Number(i % 3 === 0)),
  required: ten.map((i) => i * 2),
  some: optional,
  some_int: optional.map((value) => (value === undefined ? undefined : BigInt(value))),
  name: ten.map((i) => (i === 4 ? undefined : `größe ${i % 3}`)),
  category: ten.map((i) => (i % 2 ? 'green' : 'red')),
  blob: ten.map((i) => Buffer.from([255, i]).toString('hex')),
  fixed_blob: ten.map((i) => Buffer.from([255, i, 0]).toString('hex')),
  vector: ten.map((i) => [i, i + 0.5, -1]),
  matrix: ten.map((i) => [i, 1, 2, 3]),
  tokens: ten.map((i) => (i === 7 ? undefined : Array.from({ length: i % 4 }, (_, k) => BigInt(k)))),
  decimal: ten.map((i) => i / 4),
};

describe.each(['none', 'snappy', 'gzip', 'zstd', 'lz4', 'brotli', 'v2'])('%s.parquet, written by pyarrow in row groups of 4', (name) => {
  test('every column, at once and in ranges', async () => {
    const table = await open(await fixture(`${name}.parquet`));
    for (const [column, expected] of Object.entries(columns)) {
      expect(await readColumn(table, ask(column, { missing: 'mark' })), column).toEqual(expected);
      for (const [start, end] of [[0, 3], [3, 9], [5, 6], [8, 10]] as const) expect(await readColumn(table, ask(column, { missing: 'mark' }), start, end), column).toEqual(expected.slice(start, end));
    }
  });
});

test('types, names and rows', async () => {
  const table = await open(await fixture('snappy.parquet'));
  const number = (dtype: string, shape: number[] = []) => ({ kind: 'numbers', dtype, shape, parsed: false });
  const types = { f32: number('float32'), f16: number('float32'), u8: number('uint8'), i8: number('int32'), u32: number('int64'), flag: number('bool'), decimal: number('float64'), vector: number('float32', [3]), matrix: number('int32', [2, 2]), tokens: { kind: 'sequences', dtype: 'int64', shape: [], parsed: false }, name: { kind: 'text' }, category: { kind: 'text' }, blob: { kind: 'bytes' } };
  for (const [name, type] of Object.entries(types)) expect(await table.column(ask(name)), name).toEqual({ name, rows: 10, type });
  expect((await table.column(ask('i32', { text: true }))).type).toEqual({ kind: 'text' });
  expect(await readColumn(table, ask('i32', { text: true }), 4, 6)).toEqual(['-1', '0']);
  const declared = await open(await fixture('snappy.parquet'), { sequences: ['vector', 'matrix'] });
  expect((await declared.column(ask('matrix'))).type).toEqual({ kind: 'sequences', dtype: 'int32', shape: [2], parsed: false });
  expect(await readColumn(declared, ask('matrix'), 9)).toEqual([[9, 1, 2, 3]]);
});

test('encodings of all kinds', async () => {
  const table = await open(await fixture('encodings.parquet'));
  for (const name of ['f32', 'f64', 'i32', 'i64', 'name', 'some', 'tokens']) expect(await readColumn(table, ask(name, { missing: 'mark' })), name).toEqual(columns[name]);
});

test('a DataFrame of pandas, as a dataset', async () => {
  await files.put('files/p.parquet', await fixture('pandas.parquet'));
  const dataset = await files.open({ uri: 'files/p.parquet', x: 'b', y: 'y' });
  expect(dataset.rows).toBe(3);
  const { x, y } = await dataset.load();
  expect([x[0]!.data, y[0]!.data]).toEqual([BigInt64Array.of(1n, 2n, 3n), BigInt64Array.of(0n, 1n, 0n)]);
  await expect((await files.open({ uri: 'files/p.parquet', x: 'a', y: 'y' })).load()).rejects.toThrow('files/p.parquet, row 2, column "a": expected a number, received nothing; add "fill" or "drop_rows" to the transforms');
  const kept = await files.open({ uri: 'files/p.parquet', x: 'a', y: 'y', transforms: [{ drop_rows: { column: 'a', missing: true } }] });
  expect((await kept.load()).x[0]!.data).toEqual(Float64Array.of(1.5, 3.5));
});

test('shuffled: every row once a pass, from row groups in random order', async () => {
  await files.put('files/p.parquet', await fixture('snappy.parquet'));
  const dataset = await files.open({ uri: 'files/p.parquet', x: 'i32', y: 'required' });
  const seen: number[] = [];
  for await (const { x, y } of dataset.stream({ batchSize: 3, seed: 1, shuffle: true, shuffleBufferBytes: 24 })) {
    for (const [i, value] of Array.from(x[0]!.data, Number).entries()) expect(Number(y[0]!.data[i])).toBe((value + 5) * 2);
    seen.push(...Array.from(x[0]!.data, Number));
    if (seen.length >= 10) break;
  }
  expect(seen).not.toEqual(columns['i32']);
  expect(seen.sort((a, b) => a - b)).toEqual(columns['i32']);
});

describe('what cannot be read is named', () => {
  test.each([
    ['words', 'files/a.parquet, column "words": expected numbers, text, bytes or lists of numbers, received lists of text; join the words to one text, or save their numbers'],
    ['struct', 'received records or maps; save each field as a column of its own'],
    ['when', 'received dates and times; save them as numbers'],
    ['nothing', 'files/a.parquet, column "nothing": there is no such column; there are "f32", "f64"'],
  ])('%s', async (name, message) => {
    const table = await open(await fixture('snappy.parquet'));
    await expect(table.column(ask(name))).rejects.toThrow(message);
  });

  test('nothing within a list, and lists that differ behind the first row group', async () => {
    const table = await open(await fixture('snappy.parquet'));
    await expect(readColumn(table, ask('holes'))).rejects.toThrow('files/a.parquet, row 1, column "holes": expected numbers in a list, received nothing in place of one');
    await expect(open(await fixture('snappy.parquet'), { sequences: ['z'] })).rejects.toMatchObject({ pointer: '/parquet/sequences' });
  });

  test.each([
    ['an empty file', Buffer.alloc(0), 'files/a.parquet: expected a parquet file (it ends with PAR1), received an empty file'],
    ['text', Buffer.from('hello, this is a text file'), 'received something else, or a file that is cut short'],
    ['an encrypted file', Buffer.from('PARExxxxxxxxxxxxPARE'), 'expected a parquet file without encryption'],
    ['a description longer than the file', Buffer.from('PAR1xxxxxxxx\xff\xff\xff\x00PAR1', 'latin1'), 'bytes that describe the columns, the file announces 16777215'],
  ])('%s', async (_what, bytes, message) => {
    await expect(open(bytes)).rejects.toThrow(message);
  });

  test('no rows', async () => {
    await files.put('files/a.parquet', await fixture('no_rows.parquet'));
    await expect(files.open({ uri: 'files/a.parquet', x: 'i32', y: 'required' })).rejects.toThrow('files/a.parquet: expected at least one row, received none');
  });
});

describe('damaged files', () => {
  const readAll = async (bytes: Uint8Array) => {
    const table = await open(bytes);
    const all: Record<string, unknown> = {};
    for (const name of ['f32', 'i64', 'some', 'name', 'tokens', 'flag', 'matrix']) all[name] = await readColumn(table, ask(name, { missing: 'mark' }));
    return all;
  };

  test.each(['snappy', 'encodings', 'zstd', 'gzip', 'none'])('%s: cut short anywhere', async (name) => {
    const whole = await fixture(`${name}.parquet`);
    for (let bytes = 0; bytes < whole.length; bytes += Math.ceil(whole.length / 17)) await expect(readAll(whole.subarray(0, bytes))).rejects.toMatchObject({ name: 'DataError' });
  });

  test.each(['snappy', 'zstd', 'none', 'lz4'])('%s: a flipped byte is refused, or changes values only; nothing hangs', { timeout: 120_000 }, async (name) => {
    const whole = await fixture(`${name}.parquet`);
    const step = 83;
    for (let at = 0; at < whole.length; at += step) {
      const copy = Buffer.from(whole);
      copy[at]! ^= 0xa5;
      const started = performance.now();
      const outcome = await readAll(copy).catch((error: unknown) => error as Error);
      if (outcome instanceof Error) expect(outcome.name, `byte ${at}: ${outcome.stack}`).toBe('DataError');
      expect(performance.now() - started, `byte ${at}`).toBeLessThan(5000);
    }
  });

  test('checksums of pages are checked where there are some', async () => {
    const whole = await fixture('v2.parquet');
    const table = await open(whole);
    const f32 = await readColumn(table, ask('f32'));
    let found = 0;
    for (let at = 4; at < 400; at += 3) {
      const copy = Buffer.from(whole);
      copy[at]! ^= 0x10;
      const read = await open(copy).then((damaged) => readColumn(damaged, ask('f32'))).catch((error: unknown) => error as Error);
      if (read instanceof Error) found += Number(read.message.includes('the checksum of a page does not match'));
      else expect(read).toEqual(f32); // a byte of another column, or one that means nothing
    }
    expect(found).toBeGreaterThan(3);
  });
});

describe('runs', () => {
  test('a run of four bytes that announces a billion values', () => {
    expect(() => checkRuns(Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0x07, 1), 0, 6, 1, 8)).toThrow('expected 8 values in runs, received more than');
    expect(() => checkRuns(Uint8Array.of(4, 1), 0, 2, 1, 8)).toThrow('expected 8 values in runs, they end after 2');
    expect(() => checkRuns(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1), 0, 7, 1, 8)).toThrow('they end after 0');
  });

  test('counts values, in runs and packed', () => {
    expect(checkRuns(Uint8Array.of(10, 1), 0, 2, 1, 5, 1)).toBe(5);
    expect(checkRuns(Uint8Array.of(3, 0b10101100), 0, 2, 1, 8, 1)).toBe(4);
    expect(checkRuns(Uint8Array.of(3, 0b10101100), 0, 2, 1, 4, 1)).toBe(2);
    expect(checkRuns(Uint8Array.of(4, 2, 3, 0b11100100, 0b00011011), 0, 5, 2, 10, 2)).toBe(4);
  });
});
