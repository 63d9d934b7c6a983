import { expect, test } from 'vitest';
import { ndarray, type NdArray } from '@trainyard/ndarray';
import type { Hdf5Reader } from './hdf5-reader.js';
import { writeHdf5 } from './hdf5-writer.js';
import { loadHdf5, withMemory } from './hdf5.js';
import { MemoryFile } from './memory-file.js';
import { withFile } from './read-file.js';

const length = 400_000; // 1.6 MB: beyond what the library gathers before it writes, and beyond what is copied for it
const values = Float32Array.from({ length }, (_, index) => Math.sin(index));
const large = ndarray('float32', [4, length / 4], values);
const small = ndarray('int64', [2], BigInt64Array.of(1n, -2n));

/** Not `toEqual`: it takes a second for each array. */
function expectEqual(received: NdArray, expected: NdArray): void {
  expect([received.dtype, received.shape]).toEqual([expected.dtype, expected.shape]);
  expect(Buffer.compare(bytesOf(received), bytesOf(expected))).toBe(0);
}

const bytesOf = ({ data: { buffer, byteOffset, byteLength } }: NdArray): Buffer => Buffer.from(buffer, byteOffset, byteLength);

test.each([0, 10_000_000])('large and small arrays, in a file with room for %i bytes at first', async (room) => {
  const bytes = await writeHdf5(room, (file) => {
    file.array('/small', small);
    file.array('/group/large', large);
    file.array('/group/again', large);
    file.text('/group', 'text', 'x'.repeat(3_000_000));
  });
  await withFile(bytes, (file) => {
    expectEqual(file.array('/small'), small);
    expectEqual(file.array('/group/large'), large);
    expectEqual(file.array('/group/again'), large);
    expect(file.text('/group', 'text')).toHaveLength(3_000_000);
  });
});

test('a large array is a view of the file; a small one is not, nor one that does not begin at a multiple of its size', async () => {
  const bytes = await writeHdf5(values.byteLength, (file) => {
    file.array('/large', large);
    file.array('/small', small);
  });
  await withFile(bytes, (file) => {
    expect(file.array('/large').data.buffer).toBe(bytes.buffer);
    expect(file.array('/small').data.buffer).not.toBe(bytes.buffer);
  });
  const shifted = new Uint8Array(bytes.length + 1).subarray(1);
  shifted.set(bytes);
  await withFile(shifted, (file) => expectEqual(file.array('/large'), large));
});

test('large arrays in chunks, which the library puts together, are no views', async () => {
  const hdf5 = await loadHdf5();
  const memory = MemoryFile.empty(hdf5, 0);
  const shape = [BigInt(length)];
  const metadata = { type: 1, size: 4, signed: false, vlen: false, littleEndian: true, total_size: length, shape, maxshape: shape };
  const id = hdf5.open(memory.path, hdf5.H5F_ACC_TRUNC, false, -1, -1);
  const create = (name: string, data: Uint8Array, layout: object): void =>
    withMemory(hdf5, data.length, (pointer) => {
      hdf5.HEAPU8.set(data, pointer);
      hdf5.create_dataset(id, name, BigInt(pointer), { ...metadata, ...layout });
    });
  const native = new Uint8Array(values.buffer);
  create('/one_chunk', native, { chunks: shape });
  create('/chunks', native, { chunks: [100_000n], compression: 1, compression_opts: [4] });
  hdf5.close_file(id);
  const { bytes } = memory;
  memory.remove();
  expect(bytes.length).toBeGreaterThan(native.length);
  await withFile(bytes, (file: Hdf5Reader) => {
    const equal = ['/one_chunk', '/chunks'].map((name) => {
      const array = file.array(name);
      return [name, Buffer.compare(bytesOf(array), native), array.data.buffer === bytes.buffer];
    });
    expect(equal).toEqual([
      ['/one_chunk', 0, false],
      ['/chunks', 0, false],
    ]);
  });
});

test('an array that the library gathers before it writes it cannot be taken from where it is', async () => {
  const hdf5 = await loadHdf5();
  const memory = MemoryFile.empty(hdf5, 0);
  const id = hdf5.open(memory.path, hdf5.H5F_ACC_TRUNC, false, -1, -1);
  const shape = [16n];
  const write = (): void =>
    withMemory(hdf5, 64, (pointer) =>
      memory.writeFrom(pointer, new Uint8Array(64), () => hdf5.create_dataset(id, '/few', BigInt(pointer), { type: 1, size: 4, signed: false, vlen: false, littleEndian: true, total_size: 16, shape, maxshape: shape })),
    );
  expect(write).toThrow("expected the HDF5 library to write an array's 64 bytes as they are, it wrote 0 of them");
  hdf5.close_file(id);
  memory.remove();
});
