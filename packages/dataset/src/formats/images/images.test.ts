import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { plain } from '../../testing/pictures.js';
import { temporaryStore, type TemporaryStore } from '../../testing/temporary-store.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
});
afterEach(() => files.remove());

const small = { target_size: [2, 3] };
const source = (images: object = {}, more: object = {}) => ({ uri: 'files/pets/', images: { ...small, ...images }, ...more });
const numbersIn = (data: ArrayLike<number | bigint>) => Array.from(data, Number);

/** The first pixel of each image. */
async function firstPixels(given: object, options: Parameters<TemporaryStore['open']>[1] = {}): Promise<{ x: number[][]; y: number[] }> {
  const { x: [x], y: [y] } = await (await files.open(given, options)).load();
  const size = x!.data.length / x!.shape[0]!;
  return { x: Array.from({ length: x!.shape[0]! }, (_, row) => numbersIn(x!.data.subarray(row * size, row * size + 3))), y: y ? numbersIn(y.data) : [] };
}

describe('folders', () => {
  beforeEach(async () => {
    for (const [path, colour] of [['dog/1.png', 1], ['cat/a.PNG', 2], ['cat/deep/er/b.png', 3], ['cat-like/1.png', 4], ['dog/2.png', 5]] as const) await files.put(`files/pets/${path}`, plain(4, 5, [colour, 0, 9]));
    await files.put('files/pets/README.md', 'pets');
    await files.put('files/pets/cat/notes.txt', 'soft');
  });

  test('each is a class; files lie in it at any depth; others are left out', async () => {
    const dataset = await files.open(source({}, { format: 'images' }));
    expect(dataset.rows).toBe(5);
    expect(dataset.x).toEqual([{ name: 'input', dtype: 'uint8', shape: [2, 3, 3] }]);
    expect(dataset.y).toEqual([{ name: 'output', dtype: 'float32', shape: [3] }]);
    expect(dataset.fitted.classes).toEqual(['cat', 'cat-like', 'dog']); // as Python sorts them
    expect(await firstPixels(source({}, { format: 'images' }))).toEqual({
      x: [[4, 0, 9], [2, 0, 9], [3, 0, 9], [1, 0, 9], [5, 0, 9]], // in the order of the files' names
      y: [0, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 1],
    });
  });

  test('the format is known where all files are images', async () => {
    expect((await firstPixels({ uri: 'files/pets/dog/', images: { ...small, class_mode: null } }, { outputs: [] })).x).toEqual([[1, 0, 9], [5, 0, 9]]);
    expect((await firstPixels(source({ class_mode: 'sparse' }, { uri: 'files/pets/**/*.{png,PNG}' }))).y).toEqual([1, 0, 0, 2, 2]);
  });

  test.each([
    ['sparse', { class_mode: 'sparse' }, 'int32', [], [1, 0, 0, 2, 2]],
    ['sparse, in a given order', { class_mode: 'sparse', classes: ['dog', 'horse', 'cat', 'cat-like'] }, 'int32', [], [3, 2, 2, 0, 0]],
    ['categorical, with a class that has no file', { classes: ['dog', 'horse', 'cat', 'cat-like'] }, 'float32', [4], [0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0]],
  ])('%s', async (_, images, dtype, shape, y) => {
    const given = source(images, { format: 'images' });
    expect((await files.open(given)).y).toEqual([{ name: 'output', dtype, shape }]);
    expect((await firstPixels(given)).y).toEqual(y);
  });

  test('binary', async () => {
    const two = source({ class_mode: 'binary' }, { uri: 'files/pets/{cat,dog}/**/*.*', format: 'images' });
    expect((await files.open(two)).y).toEqual([{ name: 'output', dtype: 'float32', shape: [] }]);
    expect((await firstPixels(two)).y).toEqual([0, 0, 1, 1]);
    await expect(files.open(source({ class_mode: 'binary' }, { format: 'images' }))).rejects.toThrow('expected two classes for class_mode "binary", received 3: "cat", "cat-like" and "dog"; use "categorical" or "sparse"');
  });

  test('names of files and classes are columns of words', async () => {
    const { x } = await (await files.open(source({}, { format: 'images', x: 'filename', y: 'class', transforms: [{ one_hot: { column: 'filename' } }, { index: { column: 'class', vocabulary: ['dog', 'cat', 'cat-like'], unknown: 'error' } }] }))).load();
    expect(x[0]!.shape).toEqual([5, 5]);
  });

  test('a validation keeps the numbers, though it lacks classes; one that the training lacks is refused', async () => {
    const train = await files.open(source({ class_mode: 'sparse' }, { format: 'images' }));
    await files.put('files/val/dog/1.png', plain(1, 1, [1, 1, 1]));
    const validation = source({ class_mode: 'sparse' }, { uri: 'files/val/' });
    expect((await firstPixels(validation, { fitted: train.fitted })).y).toEqual([2]);
    expect((await files.open(validation, { fitted: train.fitted })).fitted.classes).toEqual(['cat', 'cat-like', 'dog']);
    await files.put('files/val/horse/1.png', plain(1, 1, [1, 1, 1]));
    await expect(files.open(validation, { fitted: train.fitted })).rejects.toThrow('files/val/horse/1.png: expected one of the classes "cat", "cat-like" and "dog", received "horse"; the classes are those of the data that the model is trained on');
    await expect(files.open(source({ classes: ['dog', 'cat'] }, { uri: 'files/val/' }), { fitted: train.fitted })).rejects.toMatchObject({ pointer: '/images/classes' });
    // Predicting looks at no classes.
    expect((await firstPixels(validation, { fitted: train.fitted, outputs: [] })).x.length).toBe(2);
  });

  test('pinned files are those of later attempts, with their classes', async () => {
    const { shards, fitted } = await files.open(source({ class_mode: 'sparse' }, { format: 'images' }));
    await files.put('files/pets/ant/1.png', plain(1, 1, [7, 7, 7]));
    expect((await firstPixels(source({ class_mode: 'sparse' }, { format: 'images' }), { shards, fitted })).y).toEqual([1, 0, 0, 2, 2]);
    await files.put('files/pets/dog/1.png', plain(1, 1, [7, 7, 7]));
    await expect(firstPixels(source({}, { format: 'images' }), { shards, fitted })).rejects.toThrow('files/pets/dog/1.png: the file changed while it was in use');
  });

  test('several folders, and files that are named themselves', async () => {
    await files.put('files/more/dog/9.png', plain(1, 1, [8, 8, 8]));
    expect((await firstPixels(source({ class_mode: 'sparse' }, { uri: ['files/pets/{cat,dog}/*.*', 'files/more/', 'files/pets/cat-like/1.png'], format: 'images' }))).y).toEqual([0, 2, 2, 2, 1]);
  });

  test('a split goes by the files\' names: another file changes nothing for the others', async () => {
    const names = async () => {
      const { x } = await firstPixels(source({ class_mode: 'sparse' }, { format: 'images', transforms: [{ split: { from: 0, to: 0.6 } }] }));
      return x.map(([red]) => red).filter((red) => red !== 6);
    };
    const before = await names();
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(5);
    await files.put('files/pets/ant/1.png', plain(1, 1, [6, 6, 6]));
    expect(await names()).toEqual(before);
  });

  test.each([
    [{ uri: 'files/pets/dog/', images: small }, 'files/pets/dog/: expected classes for "y": the files lie in no folders; put each class in a folder of its own'],
    [{ uri: ['files/pets/cat/'], format: 'images', images: { ...small, class_mode: 'sparse' } }, 'files/pets/cat/a.PNG: expected the file in a folder of its class, received one beside the folders'],
    [source({ class_mode: null }, { format: 'images' }), '"class_mode" is null; leave it out'],
    [source({ classes: ['cat', 'dog'] }, { format: 'images' }), 'files/pets/cat-like/1.png: expected one of the classes "cat" and "dog", received "cat-like"'],
    [source({ classes: ['cat', 'dog', 'cat'] }, { format: 'images' }), 'expected each class once, received "cat" twice'],
    [{ uri: 'files/pets/README.md', format: 'images' }, 'files/pets/README.md: expected files named .jpg, .jpeg, .png, received "files/pets/README.md"'],
    [source({}, { format: 'images', y: 'label' }), 'files/pets/, column "label": there is no such column; there are "x", "y", "filename" and "class"'],
    [source({}, { format: 'images', transforms: [{ to_categorical: { column: 'y', classes: ['cat'] } }] }), 'the names of the classes are the column "class"'],
    [source({}, { format: 'images', csv: {}, jsonl: {} }), 'expected no options for jsonl'],
  ])('%j is refused', async (given, message) => {
    await expect(files.open(given)).rejects.toThrow(message);
  });
});

test('shuffled rows come from all files, each once a pass, however small the buffer; the same again from any batch on', async () => {
  for (let i = 0; i < 240; i++) await files.put(`files/many/${i < 120 ? 'a' : 'b'}/${String(i).padStart(3, '0')}.png`, plain(1, 1, [i, 0, 0]));
  const dataset = await files.open({ uri: 'files/many/', images: { target_size: [160, 160], class_mode: 'sparse' } }); // of 76,800 bytes: 54 in a piece
  const options = { batchSize: 20, seed: 1, shuffle: true, shuffleBufferBytes: 1 };
  const batches: [number[], number[]][] = [];
  for await (const { x: [x], y: [y] } of dataset.stream(options)) {
    batches.push([Array.from({ length: 20 }, (_, i) => Number(x!.data[i * 76_800])), numbersIn(y!.data)]);
    if (batches.length === 24) break;
  }
  for (const [reds, classes] of batches) {
    expect(classes).toEqual(reds.map((red) => (red < 120 ? 0 : 1)));
    expect(classes.filter((number) => number === 0).length).toBeGreaterThan(1);
    expect(classes.filter((number) => number === 1).length).toBeGreaterThan(1);
  }
  for (const pass of [batches.slice(0, 12), batches.slice(12)]) expect(pass.flatMap(([reds]) => reds).sort((a, b) => a - b)).toEqual(Array.from({ length: 240 }, (_, i) => i));
  expect(batches[0]).not.toEqual(batches[12]);
  for await (const { x: [x] } of dataset.stream({ ...options, startBatch: 17 })) {
    expect(Array.from({ length: 20 }, (_, i) => Number(x!.data[i * 76_800]))).toEqual(batches[17]![0]);
    break;
  }
  // Where transforms leave rows out, pieces are of files that follow each other.
  const split = await files.open({ uri: 'files/many/', images: { target_size: [160, 160], class_mode: 'sparse' }, transforms: [{ split: { to: 0.5 } }] });
  const seen = new Set<number>();
  let rows = 0;
  for await (const { x: [x] } of split.stream(options)) {
    for (let i = 0; i < x!.shape[0]!; i++, rows++) seen.add(Number(x!.data[i * 76_800]));
    if (x!.shape[0]! < 20) break;
  }
  expect([seen.size, split.rows]).toEqual([rows, rows]);
});

describe('a csv that lists files', () => {
  beforeEach(async () => {
    for (const [path, colour] of [['a/1.png', 1], ['a/2.png', 2], ['b/3.png', 3], ['unlisted.png', 4]] as const) await files.put(`files/pets/img/${path}`, plain(4, 5, [colour, 0, 9]));
  });
  const listed = (csv: string, path = 'files/pets/labels.csv') => files.put(path, csv);

  test('paths as seen from where it lies, in its order; labels sorted', async () => {
    await listed('id,filename,class\n1,img/b/3.png,no\n2,./img/a/1.png, yes \n3,img/a/../a/2.png,no\n4,img/b/3.png,yes\n');
    const dataset = await files.open(source());
    expect([dataset.rows, dataset.fitted.classes]).toEqual([4, ['no', 'yes']]);
    expect(await firstPixels(source({ class_mode: 'binary' }))).toEqual({ x: [[3, 0, 9], [1, 0, 9], [2, 0, 9], [3, 0, 9]], y: [0, 1, 0, 1] });
  });

  test('in a folder of its own, with other names of columns, and of its own syntax', async () => {
    await listed('img;label\n../img/a/1.png;10\n../img/a/2.png;9\n', 'files/pets/lists/train.csv');
    const given = source({ class_mode: 'sparse', x_col: 'img', y_col: 'label' }, { csv: { delimiter: ';' } });
    expect(await firstPixels(given)).toEqual({ x: [[1, 0, 9], [2, 0, 9]], y: [1, 0] }); // 9 comes before 10
    expect((await firstPixels({ ...given, uri: ['files/pets/lists/train.csv', 'files/pets/img/'] })).y).toEqual([1, 0]);
  });

  test('without labels', async () => {
    await listed('filename\nimg/a/1.png\n');
    expect((await firstPixels(source({ class_mode: null }), { outputs: [] })).x).toEqual([[1, 0, 9]]);
  });

  test.each([
    ['filename,class\nimg/a/1.png,yes\nimg/a/9.png,no\n', {}, 'files/pets/labels.csv, row 2, column "filename": there is no file "files/pets/img/a/9.png" among the source\'s'],
    ['filename,class\n../../../secret.png,yes\n', {}, 'row 1, column "filename": there is no file'],
    ['filename,class\nimg/a/1.png,\n', {}, 'files/pets/labels.csv, row 1, column "class": expected a word, received nothing'],
    ['filename,class\nimg/a/1.png,maybe\n', { classes: ['yes', 'no'] }, 'files/pets/labels.csv, row 1, column "class": expected one of the classes "yes" and "no", received "maybe"'],
    ['file,class\nimg/a/1.png,yes\n', {}, 'files/pets/labels.csv: expected a column "filename", there are "file" and "class"; name it with "x_col"'],
    ['filename,label\nimg/a/1.png,yes\n', {}, 'files/pets/labels.csv: expected a column "class", there are "filename" and "label"; name it with "y_col"'],
    ['filename,class\n', {}, 'files/pets/: expected at least one row in files/pets/labels.csv, received none'],
  ])('%j is refused', async (csv, images, message) => {
    await listed(csv);
    await expect(files.open(source(images))).rejects.toThrow(message);
  });

  test('only one', async () => {
    await listed('filename,class\nimg/a/1.png,yes\n');
    await listed('filename,class\nimg/a/1.png,yes\n', 'files/pets/z.tsv');
    await expect(files.open(source())).rejects.toThrow('files/pets/: expected one csv among the images, received files/pets/labels.csv and files/pets/z.tsv');
  });

  test('an image that cannot be decoded is named by its row and its name', async () => {
    await files.put('files/pets/img/a/2.png', 'no image');
    await listed('filename,class\nimg/a/1.png,yes\nimg/a/2.png,yes\n');
    await expect(firstPixels(source())).rejects.toThrow('files/pets/labels.csv, row 2, column "filename" (files/pets/img/a/2.png): expected a JPEG or a PNG, received something else');
  });
});
