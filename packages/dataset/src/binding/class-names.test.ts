import { afterEach, beforeEach, expect, test } from 'vitest';
import { plain } from '../testing/pictures.js';
import { temporaryStore, type TemporaryStore } from '../testing/temporary-store.js';

let files: TemporaryStore;
beforeEach(async () => {
  files = await temporaryStore();
  await files.put('files/t.csv', 'a,species,n\n1,Gentoo,0\n2,Adelie,1\n3,Adelie,2\n');
});
afterEach(() => files.remove());

const classesOf = async (source: object, options = {}) => (await files.open({ uri: 'files/t.csv', x: 'a', y: 'species', ...source }, options)).classes;

test.each<[string, object, object]>([
  ['a vocabulary that was learnt', { transforms: [{ one_hot: { column: 'species' } }] }, { output: ['Adelie', 'Gentoo'] }],
  ['one that is given', { transforms: [{ index: { column: 'species', vocabulary: ['Gentoo', 'Adelie'] } }] }, { output: ['Gentoo', 'Adelie'] }],
  ['beside unknown words', { transforms: [{ index: { column: 'species', unknown: 'zero' } }] }, { output: [null, 'Adelie', 'Gentoo'] }],
  ['numbers of words made one-hot', { transforms: [{ index: { column: 'species' } }, { cast: { column: 'species', dtype: 'int64' } }, { to_categorical: { column: 'output' } }] }, { output: ['Adelie', 'Gentoo'] }],
  ['the classes of to_categorical', { transforms: [{ to_categorical: { column: 'y', classes: ['Gentoo', 'Chinstrap', 'Adelie'] } }] }, { output: ['Gentoo', 'Chinstrap', 'Adelie'] }],
  ['numbers have no names', { y: 'n', transforms: [{ to_categorical: { column: 'n' } }] }, {}],
  ['nor have numbers that were changed', { transforms: [{ index: { column: 'species' } }, { rescale: { column: 'species', scale: 2 } }] }, {}],
])('names come from %s', async (_, source, classes) => {
  expect(await classesOf(source)).toEqual(classes);
});

test('of each output by its own column; none where targets are not looked at', async () => {
  const y = { kind: 'species', number: 'n' };
  const transforms = [{ index: { column: 'kind' } }];
  expect(await classesOf({ y, transforms }, { outputs: ['kind', 'number'] })).toEqual({ kind: ['Adelie', 'Gentoo'] });
  const { fitted } = await files.open({ uri: 'files/t.csv', x: 'a', y: 'species', transforms: [{ index: { column: 'species' } }] });
  expect(await classesOf({ transforms: [{ index: { column: 'species' } }] }, { outputs: [], fitted })).toEqual({});
});

test('of images they are the folders', async () => {
  for (const name of ['dog', 'cat']) await files.put(`files/pets/${name}/1.png`, plain(2, 2, [1, 2, 3]));
  for (const class_mode of ['categorical', 'sparse', 'binary']) expect(await classesOf({ uri: 'files/pets/', format: 'images', images: { target_size: [2, 2], class_mode }, x: undefined, y: undefined })).toEqual({ output: ['cat', 'dog'] });
});
