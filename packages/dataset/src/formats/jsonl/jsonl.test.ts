import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, openTable, readColumn } from '../../testing/open-table.js';
import { temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const open = async (rows: readonly unknown[] | string | Buffer, jsonl?: object, name = 'a.jsonl') => {
  await files.put(`files/${name}`, Array.isArray(rows) ? rows.map((row) => `${JSON.stringify(row)}\n`).join('') : (rows as string | Buffer));
  return openTable(files, { uri: `files/${name}`, ...(jsonl && { jsonl }) });
};
const typeOf = async (table: Awaited<ReturnType<typeof open>>, name: string) => (await table.column(ask(name))).type;

test('numbers, text, truth, vectors, matrices and sequences', async () => {
  const table = await open([
    { n: 1.5, t: 'größe 😀', b: true, v: [1, 2], m: [[1, 2], [3, 4], [5, 6]], s: [1, 2, 3], vs: [[1, 2]] },
    { n: -2e3, t: '', b: false, v: [3, 4], m: [[7, 8], [9, 10], [11, 12]], s: [], vs: [[3, 4], [5, 6]] },
  ]);
  expect(await typeOf(table, 'n')).toEqual({ kind: 'numbers', dtype: 'float64', shape: [], parsed: true });
  expect(await typeOf(table, 'b')).toEqual({ kind: 'numbers', dtype: 'bool', shape: [], parsed: false });
  expect(await typeOf(table, 'm')).toEqual({ kind: 'numbers', dtype: 'float64', shape: [3, 2], parsed: true });
  expect(await typeOf(table, 's')).toEqual({ kind: 'sequences', dtype: 'float64', shape: [], parsed: true });
  expect(await typeOf(table, 'vs')).toEqual({ kind: 'sequences', dtype: 'float64', shape: [2], parsed: true });
  expect(await readColumn(table, ask('n'))).toEqual([1.5, -2000]);
  expect(await readColumn(table, ask('t'))).toEqual(['größe 😀', '']);
  expect(await readColumn(table, ask('b'))).toEqual([1, 0]);
  expect(await readColumn(table, ask('v'))).toEqual([[1, 2], [3, 4]]);
  expect(await readColumn(table, ask('m'))).toEqual([[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]]);
  expect(await readColumn(table, ask('s'))).toEqual([[1, 2, 3], []]);
  expect(await readColumn(table, ask('vs'))).toEqual([[1, 2], [3, 4, 5, 6]]);
  expect(await readColumn(table, ask('n', { text: true }))).toEqual(['1.5', '-2000']);
});

test('as a dataset: x by default is all single numbers', async () => {
  await open([{ a: 1, b: 2, y: 0, name: 'p' }, { a: 3, b: 4, y: 1, name: 'q' }]);
  const dataset = await files.open({ uri: 'files/a.jsonl' });
  const { x, y } = await dataset.load();
  expect(x[0]).toEqual({ dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) });
  expect(y[0]!.data).toEqual(Float32Array.of(0, 1));
  expect(dataset.rows).toBe(2);
});

test.each([
  ['a.jsonl.gz', (text: string) => gzipSync(text)],
  ['a.ndjson', (text: string) => Buffer.from(text)],
  ['a.jsonl', (text: string) => Buffer.from(`\ufeff${text.replaceAll('\n', '\r\n')}`)],
  ['a.jsonl', (text: string) => Buffer.from(text.replaceAll('\n', '\n\n').trimEnd())],
])('%s (%#)', async (name, encode) => {
  expect(await readColumn(await open(encode('{"a":1}\n{"a":2}\n{"a":3}\n'), undefined, name), ask('a'))).toEqual([1, 2, 3]);
});

test('rows in ranges, over more than a block', async () => {
  const count = 60_000;
  const table = await open(Array.from({ length: count }, (_, i) => ({ a: i, t: `wörd ${i}`, s: Array.from({ length: i % 4 }, () => i) })));
  for (const [start, end] of [[0, 5], [9_000, 30_001], [count - 1, Infinity], [count, Infinity]] as const) {
    const expected = Array.from({ length: Math.max(0, Math.min(end, count) - start) }, (_, i) => start + i);
    expect(await readColumn(table, ask('a'), start, end)).toEqual(expected);
    expect(await readColumn(table, ask('t'), start, end)).toEqual(expected.map((i) => `wörd ${i}`));
    expect(await readColumn(table, ask('s'), start, end)).toEqual(expected.map((i) => Array.from({ length: i % 4 }, () => i)));
  }
});

describe('missing values', () => {
  const rows = [{ a: 1, t: 'x', v: [1, 2], s: [1], b: true }, { a: null, t: null, v: null, s: null }, {}, { a: 2, t: 'y', v: [3, 4], s: [1, 2], b: false }];
  test.each([
    ['a', 1, 2],
    ['t', 'x', 'y'],
    ['v', [1, 2], [3, 4]],
    ['s', [1], [1, 2]],
  ])('of %s: null and no field are marked, or refused', async (name, first, last) => {
    const table = await open(rows);
    expect(await readColumn(table, ask(name, { missing: 'mark' }))).toEqual([first, undefined, undefined, last]);
    await expect(readColumn(table, ask(name))).rejects.toThrow(new RegExp(`^files/a\\.jsonl, row 2, field "${name}": expected .*, received nothing; add "fill" or "drop_rows"`));
  });

  test('hold NaN in numbers, and 0 where there is none', async () => {
    const table = await open(rows);
    for await (const { columns } of table.read([ask('v', { missing: 'mark' }), ask('b', { missing: 'mark' })], 1, 2)) {
      expect(columns.get('v')).toMatchObject({ array: { data: Float64Array.of(NaN, NaN) } });
      expect(columns.get('b')).toMatchObject({ array: { dtype: 'bool', data: Uint8Array.of(0) } });
    }
  });
});

describe('declared', () => {
  test('dtypes and sequences', async () => {
    const table = await open([{ id: 7, code: 12, s: [1, 2] }, { id: 8, code: 13, s: [3, 4] }, { id: 9, code: 14, s: [5] }], { dtypes: { id: 'int64', code: 'text', s: 'int32' }, sequences: ['s'] });
    expect(await readColumn(table, ask('id'))).toEqual([7n, 8n, 9n]);
    expect(await readColumn(table, ask('code'))).toEqual(['12', '13', '14']);
    expect(await readColumn(table, ask('s'))).toEqual([[1, 2], [3, 4], [5]]);
    expect(await typeOf(table, 's')).toEqual({ kind: 'sequences', dtype: 'int32', shape: [], parsed: false });
  });

  test.each([
    [{ dtypes: { z: 'text' } }, 'files/a.jsonl: there is no field "z" to declare; the first rows have "a"'],
    [{ sequences: ['z'] }, 'files/a.jsonl: there is no field "z" to declare'],
  ])('%j: no such field', async (jsonl, message) => {
    await expect(open([{ a: 1 }], jsonl)).rejects.toThrow(message);
  });

  test('types are those of the first file in all files of a source', async () => {
    await files.put('files/t/0.jsonl', '{"s":[1,2],"y":1}\n{"s":[1],"y":2}\n');
    await files.put('files/t/1.jsonl', '{"s":[3,4],"y":3}\n');
    const table = await openTable(files, { uri: 'files/t/1.jsonl' });
    expect(await typeOf(table, 's')).toMatchObject({ kind: 'numbers' });
    await expect(files.open({ uri: 'files/t/', x: 's' })).rejects.toThrow(/expected numbers, received float64 sequences of any length/);
  });
});

describe('what does not fit is named with its row', () => {
  const later = (row: unknown, first: unknown = { a: 1, v: [1, 2], s: [1], t: 'x', b: true }) => [first, { a: 2, v: [1, 2], s: [1, 2], t: 'x', b: true }, ...Array.from({ length: 1500 }, () => first), row];
  test.each([
    ['a', { a: 'x' }, 'row 1503, field "a": expected a number, received "x"'],
    ['a', { a: [1] }, 'expected a number, received a list of 1'],
    ['a', { a: true }, 'expected a number, received true'],
    ['a', { a: 2 ** 60 }, 'expected whole numbers up to 2^53'],
    ['v', { v: [1, 2, 3] }, 'row 1503, field "v": expected a list of 2, as in the first rows, received a list of 3; for lists of different lengths declare "jsonl": {"sequences": [the field]}'],
    ['v', { v: [1, 'x'] }, 'expected a number, received "x"'],
    ['v', { v: [1, null] }, 'expected a number, received nothing'],
    ['s', { s: 5 }, 'expected a list, received 5'],
    ['s', { s: [[1]] }, 'expected a number, received a list of 1'],
    ['t', { t: { x: 1 } }, 'expected text, received an object'],
    ['b', { b: 2 }, 'expected true or false, received 2'],
  ])('%s: %j', async (name, row, message) => {
    await expect(readColumn(await open(later(row)), ask(name))).rejects.toThrow(message);
  });

  test.each([
    [[{ a: 1 }, { a: 'x' }], 'files/a.jsonl, row 2, field "a": expected numbers as in row 1, received "x"'],
    [[{ a: [[1, 2], [3, 4]] }, { a: [[1, 2, 3]] }], 'row 2, field "a": expected a list of shape [*, 2] as in row 1, received a list of 1'],
    [[{ a: [1] }, { a: 1 }], 'row 2, field "a": expected a list of shape [1] as in row 1, received 1'],
    [[{ a: { b: 1 } }], 'row 1, field "a": expected a number, text, true, false or a list of numbers, received an object'],
    [[{ a: ['x'] }], 'row 1, field "a": expected numbers in a list, received text; join the words to one text'],
    [[{ a: [[[[[[[[[1]]]]]]]]] }], 'expected lists of at most 8 dimensions'],
  ])('%j within the first rows', async (rows, message) => {
    const table = await open(rows);
    await expect(table.column(ask('a'))).rejects.toThrow(message);
  });

  test.each([
    ['{"a":1}\n{"a":2\n', 'files/a.jsonl, line 2: expected one JSON object, received "{\\"a\\":2"'],
    ['{"a":1}\n\n\n{"a":NaN}\n', 'files/a.jsonl, line 4: expected one JSON object'],
    ['{"a":1}\n[1,2]\n', 'files/a.jsonl, line 2: expected one JSON object, received a list of 2; write {"column": value, …} on each line'],
    ['[{"a":1}]', 'files/a.jsonl, line 1: expected one JSON object, received a list of 1'],
    ['', 'files/a.jsonl: expected at least one JSON object, received an empty file'],
    ['\n\n', 'files/a.jsonl: expected at least one JSON object, received an empty file'],
    ['{"__proto__":{"x":1},"toString":1}', 'expected fields\' names, received "__proto__"'],
  ])('%j', async (text, message) => {
    await expect(open(text)).rejects.toThrow(message);
  });

  test('bytes that are not UTF-8, and a damaged gzip', async () => {
    await expect(open(Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}\n')]))).rejects.toThrow('files/a.jsonl: expected UTF-8 text');
    const gz = gzipSync(Array.from({ length: 5000 }, (_, i) => `{"a":${Math.sin(i)}}\n`).join(''));
    await expect(open(gz.subarray(0, 20_000), undefined, 'a.jsonl.gz').then((table) => readColumn(table, ask('a')))).rejects.toThrow(/^files\/a\.jsonl\.gz: the gzip data are damaged or cut short/);
  });
});

describe('files made to do harm', () => {
  const mib = 1024 * 1024;
  test.each([
    ['a line of 100 MB', () => Buffer.alloc(100 * mib, '[1,'), 'a.jsonl', /^files\/a\.jsonl, line 1: expected a line of at most 8388608 bytes/],
    ['lists within lists', () => Buffer.concat([Buffer.from('{"a":'), Buffer.alloc(3 * mib, '['), Buffer.alloc(3 * mib, ']'), Buffer.from('}\n')]), 'a.jsonl', /expected lists of at most 8 dimensions|line 1/],
    ['a gzip bomb', () => gzipSync(Buffer.alloc(200 * mib, '{"a":1}\n')), 'a.jsonl.gz', undefined],
  ])('%s', async (_what, make, name, message) => {
    await files.put(`files/${name}`, make());
    const before = process.memoryUsage().rss;
    const started = performance.now();
    const read = async () => {
      for await (const block of (await openTable(files, { uri: `files/${name}` })).read([ask('a')], 0, 1_000_000)) if (block.rows === 0) break;
    };
    if (message) await expect(read()).rejects.toThrow(message);
    else await read().catch((error: unknown) => expect((error as Error).name).toBe('DataError'));
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * mib);
  });
});
