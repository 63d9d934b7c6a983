import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FormatError } from '../format-error.js';
import { readModelFile } from './model-file.js';
import { readWeightsFile } from './weights.js';

const folder = join(import.meta.dirname, '../../../../tests/hostile/weights'); // made by tests/hostile/make/one_kernel.py
const golden = join(import.meta.dirname, '../../../../tests/golden/c01_mlp_binary');
const KERNEL = 'dense_1/dense_1/kernel:0';

const refused: [file: string, code: string, pointer: string, message: string][] = [
  ['external_link', 'external_link', KERNEL, 'received a link to another file, "/etc/passwd"; it is refused'],
  ['external_link_to_layer', 'external_link', 'dense_1', '"/etc/passwd"'],
  ['soft_link', 'soft_link', KERNEL, 'received a soft link to "/dense_1"; it is refused'],
  ['soft_link_to_layer', 'soft_link', 'dense_1', '"/elsewhere"'],
  ['soft_link_to_nothing', 'soft_link', KERNEL, '"/nowhere"'],
  ['external_storage', 'external_file', KERNEL, 'received a reference to another file, "/etc/passwd"; it is refused'],
  ['external_storage_device', 'external_file', KERNEL, '"/dev/urandom"'],
  ['virtual_dataset', 'external_file', KERNEL, 'received a virtual dataset over ["/etc/passwd"]'],
  ['huge_chunked', 'too_large', KERNEL, 'this one has shape [1099511627776]'],
  ['huge_contiguous', 'too_large', KERNEL, 'this one has shape [1048576, 1048576]'],
  ['half_precision', 'wrong_dtype', KERNEL, 'received floats of 16 bits'],
  ['unsigned_64', 'wrong_dtype', KERNEL, 'received integers of 64 bits, unsigned'],
  ['text_as_weight', 'wrong_dtype', KERNEL, 'received text'],
  ['empty_dataspace', 'wrong_type', KERNEL, 'received an empty dataspace'],
  ['group_as_weight', 'wrong_type', KERNEL, 'expected an array, received something else'],
  ['missing_weight', 'missing', 'dense_1/dense_1', 'the file has nothing there'],
  ['parent_in_name', 'bad_name', 'dense_1', 'received "../dense_1/dense_1/kernel:0"'],
  ['absolute_name', 'bad_name', 'dense_1', 'received "/dense_1/dense_1/kernel:0"'],
  ['numbers_as_names', 'wrong_type', 'the file@layer_names', 'expected text'],
  ['no_weight_names', 'wrong_type', 'dense_1@weight_names', 'expected text'],
  ['same_layer_twice', 'duplicate_name', 'the file@layer_names', 'received "dense_1" twice'],
  ['no_layer_names', 'not_keras', 'the file', 'layer_names'],
];
const accepted = ['sound', 'big_endian', 'booleans', 'compressed', 'group_in_itself'];
const fixture = (name: string): Uint8Array => readFileSync(join(folder, `${name}.h5`));

test.each(refused)('%s is refused', async (name, code, pointer, message) => {
  const error = await readWeightsFile(fixture(name)).then(() => undefined, (reason: unknown) => reason as FormatError);
  expect(error).toBeInstanceOf(FormatError);
  expect(error).toMatchObject({ code, pointer });
  expect(error?.message).toContain(message);
});

test.each(accepted)('%s is read', async (name) => {
  const [layer] = (await readWeightsFile(fixture(name))).layers;
  expect(layer?.weights.length).toBe(1);
});

test('big-endian arrays, and booleans as numpy stores them', async () => {
  expect((await readWeightsFile(fixture('big_endian'))).layers[0]?.weights[0]?.array).toEqual({ dtype: 'float32', shape: [2, 3], data: Float32Array.of(0, 1, 2, 3, 4, 5) });
  expect((await readWeightsFile(fixture('booleans'))).layers[0]?.weights[0]?.array).toEqual({ dtype: 'bool', shape: [2], data: Uint8Array.of(1, 0) });
});

test('the size that is declared counts, not that of the file', async () => {
  expect(fixture('compressed').length).toBeLessThan(20_000);
  await expect(readWeightsFile(fixture('compressed'), { maxBytes: 1_048_575 })).rejects.toMatchObject({ code: 'too_large', pointer: KERNEL });
  await expect(readWeightsFile(fixture('compressed'), { maxBytes: 1_048_576 })).resolves.toBeDefined();
});

describe('damage', () => {
  const model = readFileSync(join(golden, 'whole_model.h5'));

  test('no HDF5 at all', async () => {
    for (const text of ['', 'hello', '\u0089HDF\r\n\u001a\n']) await expect(readModelFile(Buffer.from(text, 'latin1'))).rejects.toMatchObject({ code: 'not_hdf5', pointer: 'the file' });
  });

  test('files cut short', async () => {
    for (let length = 96; length < model.length; length += 2048) await expect(readModelFile(model.subarray(0, length)), `${length} bytes`).rejects.toThrow(/truncated file: eof = \d+/);
  });

  test('files with bits turned over are read or refused, and leave the library able to read', async () => {
    let state = 20170824;
    const random = (below: number): number => (state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff) % below;
    for (let round = 0; round < 400; round++) {
      const bytes = Uint8Array.from(model);
      for (let flip = 0; flip < 3; flip++) bytes[random(round % 2 ? 8192 : bytes.length)]! ^= 1 << random(8);
      await readModelFile(bytes).catch((error: unknown) => expect(error).toBeInstanceOf(FormatError));
    }
    expect((await readModelFile(model)).layers.length).toBe(5);
  });

  test('the file that was given is not changed', async () => {
    const bytes = Uint8Array.from(model);
    await readModelFile(bytes);
    expect(Buffer.from(bytes).equals(model)).toBe(true);
  });
});
