import { parseJobRequest, type ColumnScan, type DatasetScan } from '@trainyard/protocol';
import { expect, test } from 'vitest';
import { bodyOf, emptyDraft, modelField } from './draft.js';
import { lastActivation, suggest } from './suggest.js';

const dense = (activation: string, units = 10) => ({ class_name: 'Sequential', config: [{ class_name: 'Dense', config: { name: 'd', units, activation, batch_input_shape: [null, 4] } }] });
const text = (model: object) => ({ kind: 'text', text: JSON.stringify(model) }) as const;
const dataset = 'ds_01KAJ5W4T1ZX8N6Q5T3V7Y2C9D';
const column = (name: string, changes: Partial<ColumnScan>): ColumnScan => ({ name, kind: 'numbers', dtype: 'float32', shape: [], missing: 0, numbers: { count: 10, non_finite: 0, min: { value: 0, place: 'a' }, max: { value: 9, place: 'a' }, mean: 1, std: 1, integers: false }, lengths: null, classes: null, ...changes });
const scan = (columns: ColumnScan[]): DatasetScan => ({ format: 'npz', shards: 1, bytes: 1, rows: 10, columns, first_rows: [] });
const classes = [{ value: 0, count: 5 }, { value: 1, count: 5 }];

test('text is JSON, else YAML; a file goes by its uri', () => {
  expect(modelField(text(dense('relu')))).toEqual(dense('relu'));
  expect(modelField({ kind: 'text', text: 'class_name: Sequential' })).toEqual({ yaml: 'class_name: Sequential' });
  expect(modelField({ kind: 'file', uri: 'files/m.h5' })).toEqual({ uri: 'files/m.h5' });
});

test('without data it is a model alone, with data a job that the API takes', () => {
  expect(bodyOf(text(dense('relu')), emptyDraft)).toEqual({ model: dense('relu') });
  const images = scan([column('x', { dtype: 'uint8', shape: [8, 8, 1], numbers: { ...column('x', {}).numbers!, max: { value: 16, place: 'a' } } }), column('y', { dtype: 'int64', classes })]);
  const body = bodyOf(text(dense('softmax')), { ...emptyDraft, ...suggest(text(dense('softmax')), images), name: 'digits', dataset, learningRate: 0.01, patience: 3 });
  expect(body).toMatchObject({
    compile: { optimizer: { class_name: 'adam', config: { lr: 0.01 } }, loss: 'sparse_categorical_crossentropy', metrics: ['accuracy'] },
    data: { train: { dataset, x: 'x', y: 'y', transforms: [{ rescale: { column: 'x', scale: 0.0625, offset: 0 } }] } },
    fit: { batch_size: 32, epochs: 10, validation_split: 0.2 },
  });
  expect(parseJobRequest(body).warnings).toEqual([]);
});

test('a table: text becomes classes, numbers are standardized, the target is found by its name', () => {
  const table = scan([column('species', { kind: 'text', dtype: null, shape: null, numbers: null, classes: [{ value: 'a', count: 1 }] }), column('length', {}), column('island', { kind: 'text', dtype: null, shape: null, numbers: null, classes: [{ value: 'b', count: 1 }] })]);
  const { x, y, transforms } = suggest(text(dense('softmax', 3)), table);
  expect([x, y]).toEqual([['length', 'island'], ['species']]);
  expect(JSON.parse(transforms)).toEqual([{ standardize: { column: 'length' } }, { one_hot: { column: 'island', unknown: 'error' } }, { index: { column: 'species', unknown: 'error' } }]);
});

test.each([
  ['softmax', [], 'sparse_categorical_crossentropy'],
  ['softmax', [10], 'categorical_crossentropy'],
  ['sigmoid', [], 'binary_crossentropy'],
  ['linear', [], 'mean_squared_error'],
])('of a last %s and targets of shape %j the loss is %s', (activation, shape, loss) => {
  expect(suggest(text(dense(activation)), scan([column('x', {}), column('y', { shape })])).loss).toBe(loss);
});

test('the last activation of a Functional model, and of one that is a file', () => {
  expect(lastActivation({ class_name: 'Model', config: { layers: [{ class_name: 'Activation', config: { activation: 'sigmoid' } }] } })).toBe('sigmoid');
  expect(lastActivation({ uri: 'files/m.h5' })).toBeUndefined();
});
