import { gzipSync } from 'node:zlib';
import { Source } from '@trainyard/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ask, openTable, readColumn } from '../../testing/open-table.js';
import { temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const open = async (text: string | Buffer, csv?: object, name = 'p.csv') => {
  await files.put(`files/${name}`, text);
  return openTable(files, { uri: `files/${name}`, ...(csv && { csv }) });
};
const number = { kind: 'numbers', dtype: 'float64', shape: [], parsed: true };
const typesOf = async (table: Awaited<ReturnType<typeof open>>) => Promise.all(table.columnNames.map(async (name) => (await table.column(ask(name))).type));

describe('types', () => {
  test('inferred: words, true and false, and numbers for the rest', async () => {
    const table = await open('word,flag,number,mixed,missing\nx,True,1,1,\ny,false,NA,word,\n,,2.5e3,2,\n');
    expect(await typesOf(table)).toEqual([{ kind: 'text' }, { kind: 'numbers', dtype: 'bool', shape: [], parsed: false }, number, number, number]);
    expect(table.inferX([])).toEqual(['number', 'mixed', 'missing']);
    expect(await readColumn(table, ask('flag', { missing: 'mark' }))).toEqual([1, 0, undefined]);
    await expect(readColumn(table, ask('mixed'))).rejects.toThrow('files/p.csv, row 2, column "mixed": expected a number, received "word"');
  });

  test('declared', async () => {
    const table = await open('zip,id,small,byte,yes,f\n01234,9007199254740993,-7,255,1,0.1\n00001,-1,8,0,false,2\n', { dtypes: { zip: 'text', id: 'int64', small: 'int32', byte: 'uint8', yes: 'bool', f: 'float32' } });
    expect(await readColumn(table, ask('zip'))).toEqual(['01234', '00001']);
    expect(await readColumn(table, ask('id'))).toEqual([9007199254740993n, -1n]);
    expect(await readColumn(table, ask('small'))).toEqual([-7, 8]);
    expect(await readColumn(table, ask('byte'))).toEqual([255, 0]);
    expect(await readColumn(table, ask('yes'))).toEqual([1, 0]);
    expect(await readColumn(table, ask('f'))).toEqual([Math.fround(0.1), 2]);
    expect((await table.column(ask('f'))).type).toEqual({ kind: 'numbers', dtype: 'float32', shape: [], parsed: false });
  });

  test.each([
    ['int32', '2147483648'],
    ['int32', '1.5'],
    ['int64', '9223372036854775808'],
    ['int64', '1e3'],
    ['uint8', '256'],
    ['uint8', '-1'],
    ['bool', 'yes'],
    ['float32', '1e39'],
  ])('a %s is not %s', async (dtype, value) => {
    await expect(readColumn(await open(`a,b\n1,1\n${value},1\n`, { dtypes: { a: dtype } }), ask('a'))).rejects.toThrow(new RegExp(`^files/p\\.csv, row 2, column "a": expected .*, received "${value}"`));
  });

  test('a column of numbers that is asked for as words has its digits', async () => {
    expect(await readColumn(await open('a,b\n007,1\n'), ask('a', { text: true }))).toEqual(['007']);
  });

  test('are those of the first file in all files of a source', async () => {
    await files.put('files/t/0.csv', 'flag,y\ntrue,1\nfalse,2\n');
    await files.put('files/t/1.csv', 'y,flag\n3,1\n4,0\n');
    const { x, y } = await (await files.open({ uri: 'files/t/', x: 'flag', y: 'y' })).load();
    expect(x[0]).toEqual({ dtype: 'bool', shape: [4], data: Uint8Array.of(1, 0, 1, 0) });
    expect(y[0]!.data).toEqual(Float32Array.of(1, 2, 3, 4));
  });
});

describe('missing values', () => {
  test.each(['', ' ', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'null', 'NULL', 'None', '<NA>', '#N/A', '-999'])('%j in a column of numbers, marked or refused', async (value) => {
    const table = await open(`a,b\n1,1\n${value},2\n3,3\n`, { na_values: ['-999'] });
    expect(await readColumn(table, ask('a', { missing: 'mark' }))).toEqual([1, undefined, 3]);
    for await (const block of table.read([ask('a', { missing: 'mark' })], 0, Infinity)) expect(block.columns.get('a')).toMatchObject({ array: { data: Float64Array.of(1, NaN, 3) } });
    await expect(readColumn(table, ask('a'))).rejects.toThrow(/^files\/p\.csv, row 2, column "a": expected a number, received .*; add "fill" or "drop_rows" to the transforms$/);
  });

  test('in a column of words: blank is missing; None is a word unless missing values are to be marked', async () => {
    const table = await open('a,b\nx,1\nNone,2\n,3\n');
    expect(await readColumn(table, ask('a', { missing: 'mark' }))).toEqual(['x', undefined, undefined]);
    expect(await readColumn(table, ask('a'), 0, 2)).toEqual(['x', 'None']);
    await expect(readColumn(table, ask('a'))).rejects.toThrow('files/p.csv, row 3, column "a": expected a word, received nothing');
  });

  test('of whole numbers, and none in a block without any', async () => {
    const table = await open('a,b\n1,1\n,2\n', { dtypes: { a: 'int64' } });
    expect(await readColumn(table, ask('a', { missing: 'mark' }))).toEqual([1n, undefined]);
    for await (const block of table.read([ask('b', { missing: 'mark' })], 0, Infinity)) expect(block.missing).toBeUndefined();
  });
});

describe('syntax', () => {
  const rows = async (text: string | Buffer, csv?: object, name?: string) => {
    const table = await open(text, csv, name);
    const columns = await Promise.all(table.columnNames.map((column) => readColumn(table, ask(column, { text: true }))));
    return [table.columnNames, ...(columns[0] ?? []).map((_, row) => columns.map((column) => column[row]))];
  };
  test.each([
    ['no header', '1,2\n3,4\n', { header: false }, [['0', '1'], ['1', '2'], ['3', '4']]],
    ['given columns, no header', '1,2\n3,4\n', { columns: ['a', 'b'] }, [['a', 'b'], ['1', '2'], ['3', '4']]],
    ['given columns in place of the header', 'x,y\n3,4\n', { columns: ['a', 'b'], header: true }, [['a', 'b'], ['3', '4']]],
    ['semicolons and decimal commas', 'a;b\n1,5;2\n', { delimiter: ';' }, [['a', 'b'], ['1,5', '2']]],
    ['another quote', "a,b\n'x,1','it''s'\n", { quote: "'" }, [['a', 'b'], ['x,1', "it's"]]],
    ['no quotes', 'a,b\n"x,5"\n', { quote: null }, [['a', 'b'], ['"x', '5"']]],
    ['a comment and lines to skip', 'made by hand\n\n# units: m\na,b\n# first\n1,2\n', { comment: '#', skip_rows: 1 }, [['a', 'b'], ['1', '2']]],
    ['line ends within quotes', 'a,b\n"x\ny",2\n"p\r\nq",3\n', {}, [['a', 'b'], ['x\ny', '2'], ['p\r\nq', '3']]],
    ['old line ends', 'a,b\r1,2\r3,4', {}, [['a', 'b'], ['1', '2'], ['3', '4']]],
    ['some lines as on Windows', 'a,b\n1,x\r\n3,"y"\r\n', {}, [['a', 'b'], ['1', 'x'], ['3', 'y']]],
    ['one column, one row, no line end', 'a\n1', {}, [['a'], ['1']]],
  ])('%s', async (_what, text, csv, expected) => {
    expect(await rows(text, csv)).toEqual(expected);
  });

  test('files of tabs, and text that is not UTF-8', async () => {
    expect(await rows('a\tb\nx,1\t2\n', undefined, 'p.tsv')).toEqual([['a', 'b'], ['x,1', '2']]);
    expect(await rows(gzipSync('a\tb\nx\t2\n'), undefined, 'p.tsv.gz')).toEqual([['a', 'b'], ['x', '2']]);
    const utf16 = Buffer.from('\ufeffgröße,b\nä 😀,2\n', 'utf16le');
    for (const bytes of [utf16, Buffer.from(utf16).swap16()]) expect(await rows(bytes)).toEqual([['größe', 'b'], ['ä 😀', '2']]);
    await expect(rows(utf16.subarray(0, -1))).rejects.toThrow('bytes that are not UTF-16, as the mark at the beginning says');
    expect(await rows(Buffer.from('größe\nä\n', 'latin1'), { encoding: 'latin-1' })).toEqual([['größe'], ['ä']]);
    await expect(rows(Buffer.from('a\nä\n', 'latin1'))).rejects.toThrow(/^files\/p\.csv: expected UTF-8 text, received bytes that are not UTF-8, behind row 0; save it as UTF-8, or give "csv": \{"encoding": "latin-1"\}/);
    await expect(rows(Buffer.concat([Buffer.from('a\nx\n'), Buffer.from('ä').subarray(0, 1)]))).rejects.toThrow('it ends within a character');
  });

  test('decimal commas', async () => {
    const table = await open('a;b\n1,5;2\n-,25;1e1\n', { delimiter: ';', decimal: ',' });
    expect(await readColumn(table, ask('a'))).toEqual([1.5, -0.25]);
    await expect(readColumn(await open('a;b\n1.000,5;2\n', { delimiter: ';', decimal: ',', dtypes: { a: 'float64' } }), ask('a'))).rejects.toThrow('received "1.000,5"');
  });

  test('characters of several bytes, wherever reads end', async () => {
    const words = Array.from({ length: 200_000 }, (_, i) => `größe ${i} 日本 😀`);
    expect(await readColumn(await open(`a,b\n${words.map((word) => `${word},1\n`).join('')}`), ask('a'))).toEqual(words);
  });

  test.each([
    [{ columns: ['a', 'b', 'c'] }, 'files/p.csv: expected 3 columns, as "columns" names, received 2: "a" and "b"', '/csv/columns'],
    [{ dtypes: { c: 'text' } }, 'files/p.csv: there is no column "c" to have a dtype; there are "a" and "b"', '/csv/dtypes'],
  ])('%j does not fit the file', async (csv, message, pointer) => {
    await expect(open('a,b\n1,2\n', csv)).rejects.toMatchObject({ name: 'DataError', message, pointer });
  });

  test('options of another format, and options that contradict each other', async () => {
    await files.put('files/p.csv', 'a,y\n1,2\n');
    await expect(files.open({ uri: 'files/p.csv', jsonl: {} })).rejects.toMatchObject({ pointer: '/jsonl', message: expect.stringContaining('the files are csv') });
    for (const csv of [{ delimiter: '"' }, { delimiter: ';;' }, { columns: ['a', 'a'] }, { delimiter: '\n' }]) expect(Source.safeParse({ uri: 'files/p.csv', csv }).success, JSON.stringify(csv)).toBe(false);
  });
});

describe('files made to do harm', () => {
  const mib = 1024 * 1024;
  test.each([
    ['a line of 100 MB', () => Buffer.alloc(100 * mib, '1,2,3,'), 'p.csv', /^files\/p\.csv, header: expected a line of at most 16777216 characters/],
    ['a quote that is never closed', () => Buffer.concat([Buffer.from('a,b\n1,"'), Buffer.alloc(100 * mib, 'x,\n')]), 'p.csv', /^files\/p\.csv, row 1: expected a line of at most 16777216 characters, received a longer one; is a quote not closed\?/],
    ['quotes in wrong places', () => Buffer.concat([Buffer.from('a,b\n'), Buffer.alloc(20 * mib, '"x')]), 'p.csv', /^files\/p\.csv, row 1: expected fields with both of their quotes, received text between/],
    ['a million columns', () => Buffer.concat([Buffer.alloc(2 * mib, 'a,'), Buffer.from('\n')]), 'p.csv', /expected columns of different names|expected at most 100000 columns/],
    ['a gzip bomb', () => gzipSync(Buffer.alloc(100 * mib, 'a')), 'p.csv.gz', /^files\/p\.csv\.gz: expected at most 1000 bytes of content from each compressed byte|expected a line of at most/],
  ])('%s', async (_what, make, name, message) => {
    await files.put(`files/${name}`, make());
    const before = process.memoryUsage().rss;
    const started = performance.now();
    const read = async () => readColumn(await openTable(files, { uri: `files/${name}` }), ask('a'));
    await expect(read()).rejects.toThrow(message);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * mib);
  });
});

test('rows in ranges, over more than a block', async () => {
  const count = 120_000;
  const table = await open(`a,b\n${Array.from({ length: count }, (_, i) => `${i},"w${i}"\n`).join('')}`);
  for (const [start, end] of [[0, 10], [16_000, 50_000], [119_999, Infinity], [count, Infinity]] as const) {
    const expected = Array.from({ length: Math.max(0, Math.min(end, count) - start) }, (_, i) => start + i);
    expect(await readColumn(table, ask('a'), start, end)).toEqual(expected);
    expect(await readColumn(table, ask('b'), start, end)).toEqual(expected.map((i) => `w${i}`));
  }
});
