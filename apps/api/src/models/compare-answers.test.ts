import { expect, test } from 'vitest';
import { compareAnswers } from './compare-answers.js';

const json = (outputs: unknown[]) => ({ kind: 'json' as const, body: { outputs } });
const arrays = (values: number[], name = 'y') => ({ kind: 'arrays' as const, arrays: [{ name, dtype: 'float32' as const, shape: [values.length], bytes: new Uint8Array(Float32Array.from(values).buffer) }] });

test.each([
  ['equal numbers', json([[0.25, 1]]), json([[0.25, 1]]), false, 0],
  ['what rounding makes', json([[0.25, 1000]]), json([[0.250001, 1000.001]]), false, expect.closeTo(0.001, 6)],
  ['other numbers', json([[0.25, 1]]), json([[0.5, 1]]), true, 0.25],
  ['by name', json([{ y: [1], z: [2] }]), json([{ y: [1], z: [4] }]), true, 2],
  ['NaN twice', json([['NaN']]), json([['NaN']]), false, 0],
  ['NaN once', json([['NaN']]), json([[1]]), true, null],
  ['other lengths', json([[1, 2]]), json([[1]]), true, null],
  ['lists and numbers', json([[1]]), json([1]), true, null],
  ['arrays', arrays([1, 2]), arrays([1, 2.5]), true, 0.5],
  ['equal arrays', arrays([1, NaN]), arrays([1, NaN]), false, 0],
  ['arrays of other names', arrays([1], 'a'), arrays([1], 'b'), true, null],
])('%s', (_, one, other, differs, largest) => {
  expect(compareAnswers(one, other)).toEqual({ differs, largest });
});
