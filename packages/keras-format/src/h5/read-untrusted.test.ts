import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FormatError } from '../format-error.js';
import { readModelFile, writeModelFile } from './model-file.js';
import { readUntrusted } from './read-untrusted.js';
import { packFile, unpack } from './transfer.js';
import { readWeightsFile } from './weights.js';

const golden = join(import.meta.dirname, '../../../../tests/golden/c02_mlp_multiclass');
const hostile = join(import.meta.dirname, '../../../../tests/hostile/weights');
const model = readFileSync(join(golden, 'whole_model.h5'));

test('answers what reading it here answers', async () => {
  expect(await readUntrusted(model, 'model')).toEqual(await readModelFile(model));
  expect(await readUntrusted(model, 'weights')).toEqual(await readWeightsFile(model));
});

test('extra groups too', async () => {
  const extra = { mine: { attributes: { a: 'b' }, arrays: [{ name: 'n', array: { dtype: 'uint8' as const, shape: [3], data: Uint8Array.of(1, 2, 3) } }] } };
  const bytes = await writeModelFile({ ...(await readModelFile(model)), extra });
  expect((await readUntrusted(bytes, 'model', { extra: ['mine'] })).extra).toEqual(extra);
});

test('refusals come through with code and place', async () => {
  const bytes = readFileSync(join(hostile, 'external_storage.h5'));
  await expect(readUntrusted(bytes, 'weights')).rejects.toMatchObject({ name: 'FormatError', code: 'external_file', pointer: 'dense_1/dense_1/kernel:0' });
  await expect(readUntrusted(model, 'model', { maxBytes: 100 })).rejects.toMatchObject({ code: 'too_large' });
});

test('a limit on time', async () => {
  await expect(readUntrusted(model, 'model', { timeoutMs: 1 })).rejects.toMatchObject({ code: 'timeout', message: 'the file: expected to read it within 1 ms, it took longer' });
});

test('a limit on memory', async () => {
  const error = await readUntrusted(model, 'model', { memoryLimitMiB: 48 }).then(() => undefined, (reason: unknown) => reason as Error);
  expect(error).toBeInstanceOf(FormatError);
  expect(error?.message).toMatch(/^the file: the process that read it ended with (signal|exit code) \w+; it may use 48 MiB of memory$/);
});

test('an answer that is not whole is no file', async () => {
  const answer = Buffer.concat(packFile(await readModelFile(model)));
  for (const length of [0, 3, 100, answer.length - 1]) expect(() => unpack(answer.subarray(0, length))).toThrow('the reading process answered');
});
