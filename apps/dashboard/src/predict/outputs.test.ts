import type { DatasetResource } from '@trainyard/protocol';
import { expect, test } from 'vitest';
import type { JobData } from './input-kind.js';
import { areProbabilities, classNames, outputsOf, topClasses } from './outputs.js';

test('outputs by name, or the only one', () => {
  expect(outputsOf([0.1, 0.9])).toEqual([{ name: undefined, value: [0.1, 0.9] }]);
  expect(outputsOf({ main: [1], side: 2 })).toEqual([{ name: 'main', value: [1] }, { name: 'side', value: 2 }]);
});

test('the likeliest classes, by name where each has one', () => {
  expect(topClasses([0.1, 0.7, 0.2], ['a', 'b', 'c'], 2)).toEqual([{ index: 1, label: 'b', probability: 0.7 }, { index: 2, label: 'c', probability: 0.2 }]);
  expect(topClasses([0.1, 0.9], ['one'], 1)).toEqual([{ index: 1, label: '1', probability: 0.9 }]);
  expect([topClasses([0.5], undefined, 3), topClasses([[1], [2]], undefined, 3), topClasses(1, undefined, 3)]).toEqual([undefined, undefined, undefined]);
});

test('what are probabilities', () => {
  expect([areProbabilities([0.2, 0.8]), areProbabilities([0.2, 0.2]), areProbabilities([-1, 2]), areProbabilities(1)]).toEqual([true, false, false, false]);
});

test('names of classes: from the transforms, else from the scan, sorted as an attempt sorts them', () => {
  const data = (transforms: JobData['train']['transforms']): JobData => ({ train: { uri: 'files/a.csv', y: 'species', transforms }, validation: null });
  const dataset = { scan: { columns: [{ name: 'species', kind: 'text', classes: [{ value: 'gentoo', count: 2 }, { value: 'adelie', count: 1 }] }] } } as unknown as DatasetResource;
  expect(classNames(data([{ to_categorical: { column: 'species', classes: ['x', 'y'] } }]), dataset)).toEqual(['x', 'y']);
  expect(classNames(data([{ index: { column: 'species', unknown: 'error' } }]), dataset)).toEqual(['adelie', 'gentoo']);
  expect(classNames(data([]), undefined)).toBeUndefined();
});
