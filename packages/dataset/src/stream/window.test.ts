import { allocate, type DType, type NdArray } from '@trainyard/ndarray';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DatasetArrays } from '../dataset.js';
import { arraysOf } from '../rows.js';
import { newRoom, RowWindow, TurningRoom, withData } from './window.js';

/** Rows whose elements tell row and place. `offset` elements lie before them in the same memory. */
function rowsFrom(first: number, rows: number, dtype: DType, width: number, offset: number): NdArray {
  const data = allocate(dtype, offset + rows * width).subarray(offset);
  for (let i = 0; i < data.length; i++) data[i] = dtype === 'int64' ? BigInt((first * width + i) % 251) : (first * width + i) % 251;
  return { dtype, shape: [rows, width], data };
}

test('whatever the dtype, the width, the memory and the parts, a window hands out its rows in its order', () => {
  const dtypes = fc.constantFrom<DType>('float32', 'float64', 'int32', 'int64', 'uint8');
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), dtypes, fc.integer({ min: 1, max: 70 }), fc.integer({ min: 0, max: 3 }), fc.boolean(), (sizes, dtype, width, offset, shuffled) => {
      const total = sizes.reduce((sum, size) => sum + size, 0);
      let first = 0;
      const parts = sizes.map((size): DatasetArrays => {
        const part = { x: [rowsFrom(first, size, dtype, width, offset)], y: [rowsFrom(first, size, 'float32', 1, 0)], sampleWeight: [undefined] };
        first += size;
        return part;
      });
      const order = shuffled ? Uint32Array.from({ length: total }, (_, i) => (i * 7 + 3) % total).filter((row, i, all) => all.indexOf(row) === i) : undefined;
      const window = new RowWindow(parts, order, 0);
      expect(window.rows).toBe(total);
      const all = rowsFrom(0, total, dtype, width, 0);
      const taken = order?.length ?? total;
      const targets = arraysOf(window.sample).map((array, i) => newRoom(array, i, taken));
      window.copy(0, taken, targets, 0);
      const { x, y, sampleWeight } = withData(window.sample, targets, taken);
      const expected = Array.from(order ?? Array(total).keys(), (row) => Array.from(all.data.subarray(row * width, (row + 1) * width) as Int32Array, Number));
      expect(Array.from({ length: taken }, (_, i) => Array.from(x[0]!.data.subarray(i * width, (i + 1) * width) as Int32Array, Number))).toEqual(expected);
      expect(Array.from(y[0]!.data as Float32Array)).toEqual(Array.from(order ?? Array(total).keys(), (row) => row % 251));
      expect(sampleWeight).toEqual([undefined]);
    }),
    { numRuns: 200 },
  );
});

test('rows of one part in their own order are views; others are not', () => {
  const parts = [4, 4].map((size, i): DatasetArrays => ({ x: [rowsFrom(4 * i, size, 'int32', 2, 0)], y: [] }));
  const window = new RowWindow(parts, undefined, 0);
  expect(window.view(5, 8)?.x[0]?.data.buffer).toBe(parts[1]?.x[0]?.data.buffer);
  expect(Array.from((window.view(5, 8)?.x[0]?.data as Int32Array))).toEqual([10, 11, 12, 13, 14, 15]);
  expect(window.view(3, 5)).toBeUndefined();
  expect(new RowWindow(parts, Uint32Array.from([0, 1, 2, 3, 4, 5, 6, 7]), 0).view(0, 2)).toBeUndefined();
});

test('room is used again by every second taking', () => {
  const turning = new TurningRoom();
  const array = rowsFrom(0, 4, 'float32', 3, 0);
  const rooms = [4, 4, 2, 8].map((rows) => {
    turning.turn();
    return turning.room(array, 0, rows);
  });
  expect(rooms[0]).not.toBe(rooms[1]);
  expect(rooms[2]).toBe(rooms[0]);
  expect(rooms[3]).not.toBe(rooms[1]); // too small
});
