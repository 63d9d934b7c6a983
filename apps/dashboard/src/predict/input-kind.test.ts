import type { LayerResource } from '@trainyard/client';
import type { DatasetResource } from '@trainyard/protocol';
import { expect, test } from 'vitest';
import { inputKindOf, inputShapesOf, type JobData } from './input-kind.js';

const data = (train: Partial<JobData['train']>): JobData => ({ train: { uri: 'files/a.npz', transforms: [], ...train }, validation: null });

test('images of a job that rescales them are typed in the file’s numbers', () => {
  const digits = data({ x: 'x', y: 'y', transforms: [{ rescale: { column: 'x', scale: 0.0625, offset: 0 } }, { to_categorical: { column: 'y', num_classes: 10 } }] });
  expect(inputKindOf(digits, [[8, 8, 1]], undefined)).toEqual({ kind: 'pixels', height: 8, width: 8, channels: 1, channelsFirst: false, white: 16 });
  expect(inputKindOf(data({ x: 'x' }), [[3, 32, 40]], undefined)).toMatchObject({ kind: 'pixels', height: 32, width: 40, channels: 3, channelsFirst: true, white: 1 });
});

test.each([
  ['files of images', data({ format: 'images', uri: 'files/photos/' }), [[64, 64, 3]], 'picture'],
  ['encoded images', data({ transforms: [{ decode_image: { column: 'x', target_size: [8, 8], color_mode: 'rgb', interpolation: 'nearest', data_format: 'channels_last' } }] }), [[8, 8, 3]], 'picture'],
  ['two inputs', data({ x: { a: 'a', b: 'b' } }), [[8, 8, 1], [4]], 'json'],
  ['vectors of numbers', data({ x: 'x' }), [[100]], 'json'],
  ['short sequences of vectors', data({ x: 'x' }), [[3, 2]], 'json'],
  ['a csv whose columns are not told', data({ uri: 'files/a.csv', y: 'y' }), [[4]], 'json'],
] as const)('of %s the row is typed as %s', (_, source, shapes, kind) => {
  expect(inputKindOf(source, shapes, undefined).kind).toBe(kind);
});

test('texts', () => {
  const tokenize = { tokenize: { column: 'text', filters: '', lower: true, split: ' ', char_level: false } } as const;
  expect(inputKindOf(data({ uri: 'files/a.csv', x: 'text', y: 'y', transforms: [tokenize] }), [[100]], undefined)).toEqual({ kind: 'text' });
});

test('rows of a table, with the columns that the job names, or that the dataset has', () => {
  const penguins = data({ uri: 'files/p.csv', x: ['bill', 'island'], y: 'species', transforms: [{ one_hot: { column: 'island', unknown: 'error' } }] });
  expect(inputKindOf(penguins, [[5]], undefined)).toEqual({ kind: 'table', columns: [{ name: 'bill', isText: false }, { name: 'island', isText: true }] });
  const dataset = { scan: { columns: [{ name: 'bill', kind: 'numbers', shape: [] }, { name: 'sex', kind: 'text', shape: null }, { name: 'species', kind: 'text', shape: null }] } } as unknown as DatasetResource;
  expect(inputKindOf(data({ uri: 'files/p.csv', y: 'species' }), [[5]], dataset)).toEqual({ kind: 'table', columns: [{ name: 'bill', isText: false }, { name: 'sex', isText: true }] });
});

test('the inputs of a Functional model and of a Sequential', () => {
  const layer = (class_name: string, input: number[], output: number[]) => ({ class_name, nodes: [{ input_shapes: [[null, ...input]], output_shapes: [[null, ...output]] }] }) as unknown as LayerResource;
  expect(inputShapesOf([layer('InputLayer', [4], [4]), layer('Dense', [4], [2]), layer('InputLayer', [3], [3])])).toEqual([[4], [3]]);
  expect(inputShapesOf([layer('Dense', [4], [2]), layer('Dense', [2], [1])])).toEqual([[4]]);
});

test('of a model that was trained elsewhere the shapes alone tell', () => {
  expect(inputKindOf(undefined, [[28, 28, 1]], undefined)).toMatchObject({ kind: 'pixels', height: 28, white: 1 });
  expect([inputKindOf(undefined, [[4]], undefined).kind, inputKindOf(undefined, [[8, 8], [8, 8]], undefined).kind]).toEqual(['json', 'json']);
});
