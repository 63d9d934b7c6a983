import { expect, test } from 'vitest';
import type { DatasetArrays } from '../dataset.js';
import { slice } from '../rows.js';
import { count, giveUp, use } from './part-memory.js';

const part = (): DatasetArrays => {
  const data = new Float32Array(20);
  return { x: [{ dtype: 'float32', shape: [5, 2], data: data.subarray(0, 10) }], y: [{ dtype: 'float32', shape: [5, 2], data: data.subarray(10) }], sampleWeight: [undefined] };
};
const bytes = ({ x, y }: DatasetArrays): number[] => [...x, ...y].map(({ data }) => data.buffer.byteLength);

test('memory is freed when the last user gives it up, whichever slice it had', () => {
  const whole = part();
  count(whole);
  const [first, second] = [slice(whole, 0, 2), slice(whole, 2, 5)];
  for (const used of [whole, first, second]) use(used);
  giveUp(whole);
  giveUp(second);
  expect(bytes(whole)).toEqual([80, 80]);
  giveUp(first);
  expect(bytes(whole)).toEqual([0, 0]);
});

test('memory that is not counted stays', () => {
  const whole = part();
  use(whole);
  giveUp(whole);
  giveUp(whole);
  expect(bytes(whole)).toEqual([80, 80]);
});
