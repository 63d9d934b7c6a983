import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, openTable, readColumn } from '../../testing/open-table.js';
import { example, frame } from '../../testing/tfrecords.js';
import { temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';
import { maskedCrc32c } from './crc32c.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const fixture = (name: string) => readFile(new URL(`../../../fixtures/${name}`, import.meta.url));
const open = async (bytes: Uint8Array, tfrecord?: object, name = 'a.tfrecord') => {
  await files.put(`files/${name}`, bytes);
  return openTable(files, { uri: `files/${name}`, ...(tfrecord && { tfrecord }) });
};

const framed = (rows: readonly Parameters<typeof example>[0][]) => Buffer.concat(rows.map((row) => frame(example(row))));

const tenth = Array.from({ length: 10 }, (_, i) => i);

describe.each(['plain.tfrecord', 'gzip.tfrecord.gz', 'zlib.tfrecord'])('%s, written by TensorFlow', (name) => {
  test('holds what was written', async () => {
    const table = await open(await fixture(name), { features: { raw: { decode_raw: 'uint8', shape: [2, 3] }, empty_at_first: { sequence: true } } }, name);
    expect(table.columnNames).toEqual(['empty_at_first', 'id', 'jpeg', 'label', 'name', 'raw', 'sometimes', 'tokens', 'vector']);
    expect(await readColumn(table, ask('id'))).toEqual(tenth.map((i) => 2n ** 53n + 1n + BigInt(i)));
    expect(await readColumn(table, ask('label'))).toEqual(tenth.map((i) => BigInt(-i)));
    expect(await readColumn(table, ask('vector'))).toEqual(tenth.map((i) => [i + 0.5, -1.25, Math.fround(3e38)]));
    expect(await readColumn(table, ask('tokens'))).toEqual(tenth.map((i) => Array.from({ length: (i % 4) + 1 }, (_, k) => BigInt(k))));
    expect(await readColumn(table, ask('empty_at_first'))).toEqual(tenth.map((i) => Array.from({ length: i }, () => 7n)));
    expect(await readColumn(table, ask('name'))).toEqual(tenth.map((i) => `größe ${i}`));
    expect(await readColumn(table, ask('jpeg'))).toEqual(tenth.map((i) => Buffer.from([0xff, 0xd8, i, 0]).toString('hex')));
    expect(await readColumn(table, ask('raw'))).toEqual(tenth.map((i) => Array.from({ length: 6 }, (_, k) => i + k)));
    expect(await readColumn(table, ask('sometimes', { missing: 'mark' }))).toEqual(tenth.map((i) => (i % 3 === 1 ? undefined : i)));
    await expect(readColumn(table, ask('sometimes'))).rejects.toThrow(`files/${name}, record 2, feature "sometimes": expected a value, received nothing; add "fill" or "drop_rows"`);
    expect(await readColumn(table, ask('label', { text: true }), 3, 5)).toEqual(['-3', '-4']);
  });
});

test('types, and a dataset of them', async () => {
  const table = await open(await fixture('plain.tfrecord'));
  const type = async (name: string) => (await table.column(ask(name))).type;
  expect(await type('id')).toEqual({ kind: 'numbers', dtype: 'int64', shape: [], parsed: false });
  expect(await type('vector')).toEqual({ kind: 'numbers', dtype: 'float32', shape: [3], parsed: false });
  expect(await type('tokens')).toEqual({ kind: 'sequences', dtype: 'int64', shape: [], parsed: false });
  expect(await type('name')).toEqual({ kind: 'text' });
  expect(await type('jpeg')).toEqual({ kind: 'bytes' });
  const { x, y } = await (await files.open({ uri: 'files/a.tfrecord', x: 'vector', y: 'label', transforms: [{ cast: { column: 'label', dtype: 'float32' } }] })).load();
  expect([x[0]!.shape, y[0]!.shape]).toEqual([[10, 3], [10]]);
});

test('numbers that are not packed, the last of two features of one name, features without a value', async () => {
  const rows = [
    example({ f: [1.5, 2], i: { ints: [-1, 2 ** 40] } }, false),
    new Uint8Array([...example({ f: [9, 9], i: { ints: [1, 2] } }), ...example({ f: [3, 4] })]),
    example({ f: undefined, i: { ints: [5, 6] } }),
  ];
  const table = await open(Buffer.concat(rows.map(frame)));
  expect(await readColumn(table, ask('f', { missing: 'mark' }))).toEqual([[1.5, 2], [3, 4], undefined]);
  expect(await readColumn(table, ask('i'))).toEqual([[-1n, 2n ** 40n], [1n, 2n], [5n, 6n]]);
});

test('rows in ranges, over more than one read', async () => {
  const count = 40_000;
  const pad = Buffer.alloc(200, 'x');
  const table = await open(framed(tenth.slice(0, 0).concat(Array.from({ length: count }, (_, i) => i)).map((i) => ({ i: { ints: [i] }, s: { ints: Array.from({ length: i % 3 }, () => i) }, pad: [pad] }))));
  for (const [start, end] of [[0, 3], [10_000, 30_123], [count - 1, Infinity], [count, Infinity]] as const) {
    const expected = Array.from({ length: Math.max(0, Math.min(end, count) - start) }, (_, k) => BigInt(start + k));
    expect(await readColumn(table, ask('i'), start, end)).toEqual(expected);
    expect(await readColumn(table, ask('s'), start, end)).toEqual(expected.map((i) => Array.from({ length: Number(i) % 3 }, () => i)));
  }
});

describe('damaged files', () => {
  const rows = tenth.map((i) => ({ i: { ints: [i] }, t: [`text ${i}`] }));

  test('a flipped byte anywhere is an error that names the record', async () => {
    const whole = framed(rows);
    const ends = rows.reduce<number[]>((all, row) => [...all, (all.at(-1) ?? 0) + 16 + example(row).length], []);
    for (let at = 0; at < whole.length; at += 5) {
      const copy = Buffer.from(whole);
      copy[at]! ^= 0x10;
      const record = ends.findIndex((end) => at < end) + 1;
      await expect(open(copy).then((table) => readColumn(table, ask('i'))), `byte ${at}`).rejects.toThrow(new RegExp(`^files/a\\.tfrecord, record ${record}: (the checksum of its (length|data) does not match|expected a TFRecord file)`));
    }
  });

  test('a file cut short anywhere but between records', async () => {
    const whole = framed(rows);
    const first = 16 + example(rows[0]!).length;
    for (let bytes = first + 1; bytes < 2 * first; bytes += 3) await expect(open(whole.subarray(0, bytes)).then((table) => readColumn(table, ask('i')))).rejects.toThrow(/^files\/a\.tfrecord, record 2: the file is cut short: expected \d+ bytes of the record, received \d+; upload it again/);
    await expect(open(gzipSync(whole).subarray(0, 60))).rejects.toThrow(/^files\/a\.tfrecord: the gzip data are damaged or cut short/);
  });

  test.each([
    ['an empty file', Buffer.alloc(0), 'files/a.tfrecord: expected at least one record, received an empty file'],
    ['text', Buffer.from('hello, this is no TFRecord at all'), 'files/a.tfrecord, record 1: expected a TFRecord file, received something else'],
    ['a record that is no Example', frame(Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])), 'files/a.tfrecord, record 1: expected a tf.train.Example, received other bytes'],
    ['a varint of 12 bytes', frame(exampleWithInts(Buffer.alloc(12, 0xff))), 'files/a.tfrecord, record 1: expected a tf.train.Example'],
  ])('%s', async (_what, bytes, message) => {
    await expect(open(bytes)).rejects.toThrow(message);
  });

  test('a length that no file can hold', async () => {
    for (const length of [2n ** 40n, 2n ** 63n, 200n * 2n ** 20n]) {
      const header = Buffer.alloc(12);
      header.writeBigUInt64LE(length);
      header.writeUInt32LE(maskedCrc32c(header.subarray(0, 8)), 8);
      await expect(open(header)).rejects.toThrow(/^files\/a\.tfrecord, record 1: (expected a record of at most 268435456 bytes|the file is cut short: expected \d+ bytes of the record, received 0)/);
      await expect(open(gzipSync(header), { compression: 'gzip' })).rejects.toThrow(/^files\/a\.tfrecord, record 1: /);
    }
  });

  test('a gzip bomb', async () => {
    const record = frame(example({ raw: [Buffer.alloc(64 * 1024 * 1024)] }));
    await expect(open(gzipSync(record)).then((table) => readColumn(table, ask('raw')))).rejects.toThrow(/^files\/a\.tfrecord: expected at most 1000 bytes of content from each compressed byte/);
  });
});

function exampleWithInts(varints: Buffer): Uint8Array {
  const list = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(varints).finish();
  const feature = new BinaryWriter().tag(3, WireType.LengthDelimited).bytes(list).finish();
  const entry = new BinaryWriter().tag(1, WireType.LengthDelimited).string('i').tag(2, WireType.LengthDelimited).bytes(feature).finish();
  const features = new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(entry).finish();
  return new BinaryWriter().tag(1, WireType.LengthDelimited).bytes(features).finish();
}

describe('what does not fit is named with its record', () => {
  const later = (row: Parameters<typeof example>[0]) => [...Array.from({ length: 150 }, () => ({ v: [1, 2], t: ['x'], s: [1] })), row];
  test.each([
    ['v', { v: [1, 2, 3] }, 'files/a.tfrecord, record 151, feature "v": expected 2 values, received 3; for any number of them declare "tfrecord": {"features": {…: {"sequence": true}}}'],
    ['v', { v: { ints: [1, 2] } }, 'expected float32 values as in the first records, received int64'],
    ['t', { t: [Buffer.from([0xff, 0xfe])] }, 'expected UTF-8 text as in the first records, received other bytes; declare "tfrecord": {"features": {…: {"dtype": "bytes"}}}'],
    ['t', { t: ['a', 'b'] }, 'expected one value, received 2; join the words to one text'],
  ])('%s: %j', async (name, row, message) => {
    await expect(readColumn(await open(framed(later(row))), ask(name))).rejects.toThrow(message);
  });

  test.each([
    [{ features: { v: { shape: [3] } } }, 'v', 'expected 3 values, received 2'],
    [{ features: { v: { dtype: 'text' } } }, 'v', 'expected bytes for what "features" declares, received float32 values'],
    [{ features: { t: { decode_raw: 'int32' } } }, 't', 'expected 0.25 values of int32, received 1 bytes'],
    [{ features: { t: { sequence: true } } }, 't', 'expected numbers for a sequence, received bytes'],
  ])('%j', async (tfrecord, name, message) => {
    await expect(open(framed(later({ v: [1, 2] })), tfrecord).then(async (table) => [await table.column(ask(name)), await readColumn(table, ask(name))])).rejects.toThrow(message);
  });

  test('features that are not there', async () => {
    await expect(open(framed(later({})), { features: { z: { sequence: true } } })).rejects.toMatchObject({ pointer: '/tfrecord/features', message: 'files/a.tfrecord: there is no feature "z" to declare; the first records have "s", "t" and "v"' });
    await expect((await open(framed(later({})))).column(ask('z'))).rejects.toThrow('files/a.tfrecord, feature "z": there is no such feature in the first records; there are "s", "t" and "v"');
  });

  test('kinds that differ within the first records', async () => {
    const table = await open(framed([{ v: [1] }, { v: { ints: [1] } }]));
    await expect(table.column(ask('v'))).rejects.toThrow('files/a.tfrecord, record 2, feature "v": expected float32 values as in record 1, received int64');
  });
});

test('a shard with a number behind its suffix', async () => {
  await files.put('files/train.tfrecord-00000-of-00002', framed([{ x: [1] }, { x: [2] }]));
  await files.put('files/train.tfrecord-00001-of-00002', framed([{ x: [3] }]));
  const { x } = await (await files.open({ uri: 'files/train.tfrecord-*' }, { outputs: [] })).load();
  expect(x[0]!.data).toEqual(Float32Array.of(1, 2, 3));
});
