import { encodeNpz, type NdArray } from '@trainyard/ndarray';
import { Fitted, InputRecipe } from '@trainyard/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Dataset } from '../dataset.js';
import { jpeg, plain } from '../testing/pictures.js';
import { counting, sameBytes, temporaryStore, type TemporaryStore } from '../testing/temporary-store.js';
import { RawInputs } from './raw-inputs.js';
import type { RawRows } from './raw-rows.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

/** As predictions have it: from JSON, without the files. */
async function rawInputsOf({ inputs, fitted }: Dataset): Promise<RawInputs> {
  const stored = (value: object): unknown => JSON.parse(JSON.stringify(value));
  return RawInputs.of(InputRecipe.parse(stored(inputs)), Fitted.parse(stored(fitted)));
}

function rowsOf(rows: readonly object[]): RawRows {
  return {
    count: rows.length,
    column: (name) => rows.map((row) => (row as Record<string, unknown>)[name]),
    place: (row, column) => `/instances/${row}/${column}`,
  };
}

function expectSame(made: readonly NdArray[], loaded: readonly NdArray[]): void {
  expect(made.map(({ dtype, shape }) => ({ dtype, shape }))).toEqual(loaded.map(({ dtype, shape }) => ({ dtype, shape })));
  for (const [i, array] of made.entries()) expect(sameBytes(array, loaded[i]!), `input ${i}`).toBe(true);
}

/** Opens a source, and compares what is made of raw rows with what it loads. */
async function check(source: object, rows: readonly object[], names: { inputs: string[]; outputs: string[] } = { inputs: ['input'], outputs: ['output'] }): Promise<void> {
  const dataset = await files.open(source, names);
  expectSame(await (await rawInputsOf(dataset)).make(rowsOf(rows)), (await dataset.load()).x);
}

async function refusal(source: object, row: object): Promise<unknown> {
  const raw = await rawInputsOf(await files.open(source));
  return raw.make(rowsOf([row])).then(
    () => 'nothing was refused',
    (error: Error) => error.message,
  );
}

describe('of a csv, the bytes that training has', () => {
  const csv = `bill,flipper,island,zip,sex,mass,tags,alive,id,n
39.1,181,Biscoe,01234,male,3750.5,"a b, c",true,9007199254740993,0
18.7,-999,Dream,1234,female,3800.25,"b b",False,7,1
40.3,195,Torgersen,00001,NA,3250.125,"c. A d",TRUE,8,0
1e-3,0.1,Biscoe,01234,female,1e20,"d",false,-9223372036854775808,1
`;
  const rows = [
    { bill: 39.1, flipper: 181, island: 'Biscoe', zip: '01234', sex: 'male', mass: 3750.5, tags: 'a b, c', alive: true, id: '9007199254740993' },
    { bill: 18.7, flipper: -999, island: 'Dream', zip: '1234', sex: 'female', mass: 3800.25, tags: 'b b', alive: false, id: 7 },
    { bill: 40.3, flipper: 195, island: 'Torgersen', zip: '00001', sex: 'NA', mass: '3250.125', tags: 'c. A d', alive: 'TRUE', id: '8' },
    { bill: 0.001, flipper: 0.1, island: 'Biscoe', zip: '01234', sex: 'female', mass: 1e20, tags: 'd', alive: 0, id: '-9223372036854775808' },
  ];
  beforeEach(() => files.put('files/p.csv', csv));

  test.each<[string, object]>([
    ['columns as they are', { x: ['bill', 'mass'] }],
    ['x by default', { transforms: [{ fill: { column: 'flipper', value: 200 } }, { select: { except: ['zip', 'id'] } }] }],
    ['fitted means and deviations, of a column and of what columns together are', { x: ['bill', 'mass'], transforms: [{ standardize: { column: 'bill' } }, { standardize: { column: 'x' } }] }],
    ['full precision', { x: 'mass', transforms: [{ standardize: { column: 'mass', mean: 3700.1, std: 3 } }, { cast: { column: 'mass', dtype: 'float64' } }] }],
    ['a value filled in where another stands for none', { x: ['flipper', 'bill'], transforms: [{ fill: { column: 'flipper', value: 200 } }, { standardize: { column: 'flipper' } }] }],
    ['words', { x: ['island', 'sex'], transforms: [{ one_hot: { column: 'island' } }, { one_hot: { column: 'sex' } }] }],
    ['words of digits', { x: 'zip', transforms: [{ index: { column: 'zip' } }] }],
    ['texts', { x: 'tags', transforms: [{ tokenize: { column: 'tags' } }, { pad_sequences: { column: 'tags' } }] }],
    ['texts by their weights', { x: 'tags', transforms: [{ tokenize: { column: 'tags', mode: 'tfidf' } }] }],
    ['true and false', { x: ['alive', 'bill'], transforms: [{ cast: { column: 'alive', dtype: 'float32' } }] }],
    ['every digit of a large integer', { x: 'id', csv: { dtypes: { id: 'int64' } } }],
    ['a declared dtype', { x: 'mass', csv: { dtypes: { mass: 'float32' } }, transforms: [{ rescale: { column: 'mass', scale: 0.1 } }] }],
    ['transforms of targets left aside', { x: 'bill', transforms: [{ to_categorical: { column: 'n' } }, { rescale: { column: 'output', scale: 2 } }, { rescale: { column: 'bill', scale: 0.1 } }] }],
  ])('%s', (_, { csv: options = {}, ...source }: { csv?: object }) => check({ uri: 'files/p.csv', csv: { na_values: ['-999'], ...options }, y: 'n', ...source }, rows));

  test('of several inputs, each by its name', () =>
    check({ uri: 'files/p.csv', x: { words: 'tags', numbers: ['bill', 'mass'] }, y: 'n', transforms: [{ tokenize: { column: 'tags' } }, { pad_sequences: { column: 'words', maxlen: 3 } }, { standardize: { column: 'numbers' } }] }, rows, { inputs: ['numbers', 'words'], outputs: ['output'] }));

  test('rows are not left out, whatever training leaves out', async () => {
    const transforms = [{ drop_rows: { column: 'flipper', missing: true } }, { drop_rows: { column: 'island', equals: 'Dream' } }, { split: { from: 0, to: 0.9 } }, { standardize: { column: 'bill' } }];
    const dataset = await files.open({ uri: 'files/p.csv', csv: { na_values: ['-999'] }, x: ['bill', 'mass'], y: 'n', transforms });
    const raw = await rawInputsOf(dataset);
    expect(dataset.rows).toBeUndefined();
    const [made] = await raw.make(rowsOf(rows));
    expect(made?.shape).toEqual([4, 2]);
    expect(raw.columns).toEqual(['bill', 'mass']);
  });

  test('decimal commas in texts, points in numbers', async () => {
    await files.put('files/de.csv', 'a;n\n1,5;0\n-0,25;1\n1e-3;0\n');
    await check({ uri: 'files/de.csv', csv: { delimiter: ';', decimal: ',' }, x: 'a', y: 'n' }, [{ a: 1.5 }, { a: '-0,25' }, { a: 0.001 }]);
  });

  test.each<[string, object, object, string]>([
    ['null', { x: 'bill' }, { bill: null }, '/instances/0/bill: expected a number, received null'],
    ['no value', { x: 'bill' }, {}, '/instances/0/bill: expected a number, received none'],
    ['a word', { x: 'bill' }, { bill: 'long' }, '/instances/0/bill: expected a number, received "long"'],
    ['a list', { x: 'bill' }, { bill: [1] }, '/instances/0/bill: expected a number, received a list of 1'],
    ['true', { x: 'bill' }, { bill: true }, '/instances/0/bill: expected a number, received true'],
    ['the word for none', { x: 'bill' }, { bill: 'NA' }, '/instances/0/bill: expected a number, received "NA"; that stands for a missing value'],
    ['the number for none', { x: 'flipper', csv: { na_values: ['-999'] }, transforms: [{ drop_rows: { column: 'flipper', missing: true } }] }, { flipper: -999 }, '/instances/0/flipper: expected a number, received -999'],
    ['the word for none, which training leaves out', { x: 'sex', transforms: [{ drop_rows: { column: 'sex', missing: true } }, { one_hot: { column: 'sex', unknown: 'zeros' } }] }, { sex: 'NA' }, '/instances/0/sex: expected text, received "NA"; that stands for a missing value'],
    ['a number for a word', { x: 'zip', transforms: [{ one_hot: { column: 'zip', unknown: 'zeros' } }] }, { zip: 1234 }, '/instances/0/zip: expected text, received 1234; send the text that stands in the file'],
    ['an unknown word', { x: 'island', transforms: [{ one_hot: { column: 'island' } }] }, { island: 'Paris' }, '/instances/0/island: expected one of the words "Biscoe", "Dream" and "Torgersen", received "Paris"; leave out such rows, or give "unknown": "zeros"'],
    ['digits that JSON has lost', { x: 'id', csv: { dtypes: { id: 'int64' } } }, { id: 2 ** 53 + 2 }, '/instances/0/id: expected whole numbers up to 2^53, whose digits JSON keeps, received 9007199254740994; send it as text'],
    ['a fraction for an integer', { x: 'n', y: 'bill', csv: { dtypes: { n: 'int32' } } }, { n: 1.5 }, '/instances/0/n: expected a whole number that int32 holds, received 1.5'],
  ])('refused: %s', async (_, source, row, message) => {
    expect(await refusal({ uri: 'files/p.csv', csv: { na_values: ['-999'] }, y: 'n', ...source }, row)).toBe(message);
  });
});

describe('of other formats', () => {
  test('jsonl: lists, sequences, words that were numbers', async () => {
    const rows = [
      { v: [1.5, 2], s: [1, 2, 3], code: 7, b: true, id: 1 },
      { v: [0.1, -4], s: [], code: 7.5, b: false, id: 2 },
      { v: [0, 1e-7], s: [4], code: 8, b: true, id: 3 },
    ];
    await files.put('files/a.jsonl', rows.map((row) => JSON.stringify({ ...row, y: 0 })).join('\n'));
    const names = { inputs: ['a', 'b', 'c', 'd'], outputs: ['output'] };
    const transforms = [{ pad_sequences: { column: 's' } }, { index: { column: 'code' } }];
    await check({ uri: 'files/a.jsonl', x: { a: 'v', b: 's', c: 'code', d: 'b' }, y: 'y', transforms }, rows, names);
    await check({ uri: 'files/a.jsonl', x: 'id', y: 'y', jsonl: { dtypes: { id: 'int64' } } }, [{ id: '1' }, { id: 2 }, { id: 3 }]);
  });

  const images = counting([3, 2, 2, 1], 100);
  const npz = { uri: 'files/i.npz', x: 'x', y: 'y', transforms: [{ rescale: { column: 'x', scale: 1 / 255 } }] };
  const put = () => files.put('files/i.npz', encodeNpz([['x', { ...images, dtype: 'uint8', data: Uint8Array.from(images.data as Int32Array) }], ['y', counting([3])]]));

  test('npz: nested lists, and the bytes of their elements', async () => {
    await put();
    await check(npz, [100, 104, 108].map((n) => ({ x: [[[n], [n + 1]], [[n + 2], [n + 3]]] })));
    await check(npz, [100, 104, 108].map((n) => ({ x: { b64: Buffer.from([n, n + 1, n + 2, n + 3]).toString('base64') } })));
  });

  test.each<[string, unknown, string]>([
    ['another shape', [[[1], [2]]], '/instances/0/x: expected a list of 2, as in the first rows, received a list of 1'],
    ['beyond the dtype', [[[1], [2]], [[3], [256]]], '/instances/0/x: expected a whole number that uint8 holds, received 256'],
    ['null', null, '/instances/0/x: expected a list of numbers of shape [2, 2, 1], received null'],
    ['null in a list', [[[1], [2]], [[3], [null]]], '/instances/0/x: expected a number, received nothing'],
    ['too few bytes', { b64: 'AAAA' }, '/instances/0/x: expected base64 of 4 bytes, the uint8 elements of shape [2, 2, 1], received "AAAA"'],
  ])('npz, refused: %s', async (_, x, message) => {
    await put();
    expect(await refusal(npz, { x })).toBe(message);
  });
});

describe('of images, the bytes of their files', () => {
  const size = { target_size: [6, 5] };
  const source = { uri: 'files/pets/', format: 'images', images: size };
  const pictures = async () => [plain(4, 5, [1, 2, 3]), await jpeg(9, 8, 1), await jpeg(20, 7, 2)];
  const sent = (bytes: Buffer) => ({ x: { b64: bytes.toString('base64') } });
  beforeEach(async () => {
    for (const [i, picture] of (await pictures()).entries()) await files.put(`files/pets/${i % 2 ? 'dog' : 'cat'}/${i}.${i === 0 ? 'png' : 'jpg'}`, picture);
  });

  test('of the format images, in the order of their names', async () => {
    const [a, b, c] = (await pictures()).map(sent);
    await check(source, [a!, c!, b!]);
  });

  test('what is random in training is not here', async () => {
    const [a, b, c] = (await pictures()).map(sent);
    const normalizing = { column: 'x', rescale: 1 / 255, featurewise_center: true };
    const dataset = await files.open({ ...source, transforms: [{ image_data_generator: { ...normalizing, rotation_range: 40, horizontal_flip: true } }] });
    const still = await files.open({ ...source, transforms: [{ image_data_generator: normalizing }] });
    expectSame(await (await rawInputsOf(dataset)).make(rowsOf([a!, c!, b!])), (await still.load()).x);
  });

  test('in a column of bytes', async () => {
    const [a, b, c] = (await pictures()).map(sent);
    const columns = [{ name: 'x', type: { kind: 'bytes' }, missing: 'error' }];
    const raw = await RawInputs.of(InputRecipe.parse({ format: 'tfrecord', names: ['x'], columns, inputs: [{ name: 'input', columns: ['x'] }], transforms: [{ decode_image: { column: 'x', ...size } }] }), { transforms: [] });
    expectSame(await raw.make(rowsOf([a!, c!, b!])), (await (await files.open(source)).load()).x);
    await expect(raw.make(rowsOf([{ x: 'text' }]))).rejects.toThrow('/instances/0/x: expected {"b64": …}, bytes as base64, received "text"');
  });

  test.each<[string, unknown, string | RegExp]>([
    ['null', null, '/instances/0/x: expected {"b64": …}, bytes as base64, received null'],
    ['lists', [[[1, 2, 3]]], '/instances/0/x: expected {"b64": …}, bytes as base64, received a list of 1'],
    ['what is no image', { b64: 'aGVsbG8=' }, /^\/instances\/0\/x: expected a JPEG or a PNG/],
    ['half of one', { b64: plain(40, 50, [1, 2, 3]).subarray(0, 90).toString('base64') }, /^\/instances\/0\/x: the PNG is damaged or cut short/],
  ])('refused: %s', async (_, x, message) => {
    expect(await refusal(source, { x })).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });
});

test('columns that no input is made of are known, others are not', async () => {
  await files.put('files/t.csv', 'a,b,y\n1,2,3\n');
  const raw = await rawInputsOf(await files.open({ uri: 'files/t.csv', x: 'a' }));
  expect(['a', 'b', 'y', 'c'].map((name) => raw.knows(name))).toEqual([true, true, true, false]);
  expect(raw.rowBytes).toBe(4);
});

test('without outputs, the targets by default are no inputs', async () => {
  await files.put('files/t.csv', 'a,b,y\n1,2,3\n');
  const dataset = await files.open({ uri: 'files/t.csv' }, { outputs: [] });
  expect(dataset.x[0]?.shape).toEqual([2]);
});
