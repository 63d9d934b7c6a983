import { expect, test } from 'vitest';
import { compareAll } from './differences.js';

test('what differs, by its path; null is nothing', () => {
  const rows = compareAll([{ fit: { epochs: 3, steps_per_epoch: null }, seed: 1, x: ['a', 'b'] }, { fit: { epochs: 5 }, seed: 1, x: ['a'], extra: true }]);
  expect(rows.filter(({ differs }) => differs)).toEqual([
    { path: 'fit/epochs', values: ['3', '5'], differs: true },
    { path: 'x', values: ['["a","b"]', '["a"]'], differs: true },
    { path: 'extra', values: [undefined, 'true'], differs: true },
  ]);
  expect(rows.filter(({ differs }) => !differs).map(({ path }) => path)).toEqual(['seed']);
});

test('layers and callbacks go by name', () => {
  const dense = (name: string, units: number) => ({ class_name: 'Dense', config: { name, units, batch_input_shape: [null, 4] } });
  const rows = compareAll([{ model: [dense('a', 1), dense('b', 2)], callbacks: [{ class_name: 'EarlyStopping', config: { patience: 1 } }] }, { model: [dense('new', 9), dense('a', 1), dense('b', 3)], callbacks: [] }]);
  expect(rows.filter(({ differs }) => differs).map(({ path }) => path)).toEqual(['model/b/config/units', 'callbacks/EarlyStopping/class_name', 'callbacks/EarlyStopping/config/patience', 'model/new/class_name', 'model/new/config/name', 'model/new/config/units', 'model/new/config/batch_input_shape']);
});
