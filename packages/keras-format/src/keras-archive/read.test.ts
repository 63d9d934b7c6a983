import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { writeZip } from '@trainyard/ndarray';
import { expect, test } from 'vitest';
import { FormatError } from '../format-error.js';
import { writeHdf5 } from '../h5/hdf5-writer.js';
import { readModelFile } from '../h5/model-file.js';
import { readUntrusted } from '../h5/read-untrusted.js';
import { readKerasArchive } from './read.js';

const golden = join(import.meta.dirname, '../../../../tests/golden');
const archive = (name: string): Buffer => readFileSync(join(golden, name, 'model.keras'));

test.each(['c01_mlp_binary', 'c04_lstm_classify', 'c07_aux_two_outputs', 'c08_shared_lstm_tweets', 'c09_shared_conv_nodes'])('%s: the weights that Keras 3 wrote into its .h5', async (name) => {
  const file = await readKerasArchive(archive(name));
  const h5 = await readModelFile(readFileSync(join(golden, name, 'keras3_model.h5')));
  const weights = (of: typeof file): object[] => of.layers.filter((layer) => layer.weights.length > 0).map(({ layer, weights: list }) => ({ layer, arrays: list.map(({ array }) => array) }));
  expect(weights(file)).toEqual(weights(h5));
  expect(file.optimizerWeights.map(({ array }) => array)).toEqual(h5.optimizerWeights.map(({ array }) => array));
  expect(file).toMatchObject({ kerasVersion: '3.15.1', backend: 'tensorflow' });
});

test('read in a process of its own, it is the same', async () => {
  const bytes = archive('c07_aux_two_outputs');
  expect(await readUntrusted(bytes, 'keras')).toEqual(await readKerasArchive(bytes));
  await expect(readUntrusted(bytes.subarray(0, 1000), 'keras')).rejects.toMatchObject({ name: 'FormatError', code: 'bad_archive' });
});

const metadata = JSON.stringify({ keras_version: '3.15.1', date_saved: '2026-01-01@00:00:00' });
const model = {
  module: 'keras',
  class_name: 'Sequential',
  registered_name: null,
  config: {
    name: 's',
    layers: [
      { module: 'keras.layers', class_name: 'InputLayer', registered_name: null, config: { name: 'in', batch_shape: [null, 2] } },
      { module: 'keras.layers', class_name: 'Dense', registered_name: null, config: { name: 'd', units: 1 } },
    ],
  },
};
const config = JSON.stringify(model);
const kernel = { dtype: 'float32', shape: [2, 1], data: Float32Array.of(1, 2) } as const;
const bias = { dtype: 'float32', shape: [1], data: Float32Array.of(3) } as const;
const weights = await writeHdf5(0, (file) => {
  file.array('/layers/dense/vars/0', kernel);
  file.array('/layers/dense/vars/1', bias);
});
type Members = readonly (readonly [string, string | Uint8Array])[];
const sound: Members = [['metadata.json', metadata], ['config.json', config], ['model.weights.h5', weights]];
const zip = (members: Members, compress = false): Buffer => writeZip(members.map(([name, data]): [string, Uint8Array] => [name, typeof data === 'string' ? Buffer.from(data) : data]), compress);
const withMember = (name: string, data: string | Uint8Array): Buffer => zip(sound.map(([member, old]) => [member, member === name ? data : old]));

/** Changes bytes of the directory's entry of a member. */
function patched(name: string, change: (entry: Buffer) => void, compress = false): Buffer {
  const bytes = zip(sound, compress);
  change(bytes.subarray(bytes.lastIndexOf(name) - 46));
  return bytes;
}

test('stored or compressed, never compiled', async () => {
  const expected = { kerasVersion: '3.15.1', backend: 'tensorflow', modelConfig: config, layers: [{ layer: 'd', weights: [{ name: 'd/kernel', array: kernel }, { name: 'd/bias', array: bias }] }], optimizerWeights: [] };
  expect(await readKerasArchive(zip(sound))).toEqual(expected);
  expect(await readKerasArchive(zip(sound, true))).toEqual(expected);
});

const oneVariable = await writeHdf5(0, (file) => file.array('/layers/dense/vars/0', kernel));
const strangeVariable = await writeHdf5(0, (file) => {
  file.array('/layers/dense/vars/0', kernel);
  file.array('/layers/dense/vars/bias', bias);
});

const refused: readonly (readonly [string, Buffer, string, string, string])[] = [
  ['no zip', Buffer.from('\x89HDF\r\n\x1a\n'), 'bad_archive', 'the .keras file', 'received something else'],
  ['cut short', zip(sound).subarray(0, 500), 'bad_archive', 'the .keras file', 'cut short'],
  ['a path out of the archive', zip([...sound, ['../../etc/passwd', 'x']]), 'unexpected_entry', '../../etc/passwd', 'alone in a .keras file'],
  ['an absolute path', zip([...sound, ['/etc/passwd', 'x']]), 'unexpected_entry', '/etc/passwd', 'alone in a .keras file'],
  ['assets', zip([...sound, ['assets/vocabulary.txt', 'x']]), 'unexpected_entry', 'assets/vocabulary.txt', 'alone in a .keras file'],
  ['two configs', zip([...sound, ['config.json', '{}']]), 'duplicate_entry', 'config.json', 'received two'],
  ['no weights', zip(sound.slice(0, 2)), 'missing_entry', 'model.weights.h5', 'which has metadata.json, config.json'],
  ['no members', zip([]), 'missing_entry', 'metadata.json', 'which has none'],
  ['encrypted', patched('config.json', (entry) => entry.writeUInt16LE(1, 8)), 'bad_archive', 'config.json', 'without encryption'],
  ['another compression', patched('config.json', (entry) => entry.writeUInt16LE(12, 10)), 'bad_archive', 'config.json', 'received 12'],
  ['a bomb that declares its size', patched('config.json', (entry) => entry.writeUInt32LE(0xfffffff0, 24)), 'too_large', 'config.json', 'the archive declares 4294967280'],
  ['a bomb that declares less', zipBomb(), 'bad_archive', 'config.json', 'cannot be read'],
  ['fewer bytes than declared', patched('config.json', (entry) => entry.writeUInt32LE(entry.readUInt32LE(24) + 1, 24)), 'bad_archive', 'config.json', 'after decompression'],
  ['a wrong checksum', patched('config.json', (entry) => entry.writeUInt32LE(1, 16)), 'bad_archive', 'config.json', 'checksum'],
  ['data beyond the end', patched('model.weights.h5', (entry) => entry.writeUInt32LE(0x7fffffff, 20)), 'bad_archive', 'model.weights.h5', 'are missing'],
  ['a header among the bytes of another file', patched('config.json', (entry) => entry.writeUInt32LE(7, 42)), 'bad_archive', 'config.json', 'another member has too (from byte 7 on)'],
  ['a header beyond the end', patched('config.json', (entry) => entry.writeUInt32LE(0x7ffffff0, 42)), 'bad_archive', 'config.json', 'header should be at byte 2147483632'],
  ['another name before the data', renamed(), 'bad_archive', 'config.json', 'received "konfig.json"'],
  ['no JSON', withMember('config.json', '{'), 'invalid_json', 'config.json', 'expected JSON'],
  ['a list as config', withMember('config.json', '[]'), 'wrong_type', 'config.json', 'expected an object'],
  ['Keras 2', withMember('metadata.json', '{"keras_version": "2.0.8"}'), 'unsupported_version', 'metadata.json/keras_version', 'received "2.0.8"'],
  ['code in the compile arguments', withMember('config.json', JSON.stringify({ ...model, compile_config: { loss: { module: 'builtins', class_name: 'function', config: 'my_loss' } } })), 'code_refused', '/compile_config/loss', '"my_loss"'],
  ['an optimizer from elsewhere', withMember('config.json', JSON.stringify({ ...model, compile_config: { optimizer: { module: 'mine', class_name: 'Adam', config: {} } } })), 'foreign_class', 'config.json/compile_config/optimizer/module', 'received "mine"'],
  ['weights that are no HDF5', withMember('model.weights.h5', 'weights'), 'not_hdf5', 'the file', 'expected a whole HDF5 file'],
  ['a variable too few', withMember('model.weights.h5', oneVariable), 'weight_count', 'layers/dense/vars', 'expected 2 variables (kernel, bias) of "d", received 1'],
  ['a variable without a number', withMember('model.weights.h5', strangeVariable), 'bad_name', 'layers/dense/vars', 'received "bias"'],
];

/** A gigabyte of zeros in a megabyte, with the size of the true config. */
function zipBomb(): Buffer {
  const bytes = zip([['metadata.json', metadata], ['config.json', deflateRawSync(Buffer.alloc(2 ** 24))], ['model.weights.h5', weights]]);
  const entry = bytes.subarray(bytes.lastIndexOf('config.json') - 46);
  entry.writeUInt16LE(8, 10);
  entry.writeUInt32LE(100, 24);
  return bytes;
}

function renamed(): Buffer {
  const bytes = zip(sound);
  bytes.write('konfig.json', bytes.indexOf('config.json'));
  return bytes;
}

test.each(refused)('%s is refused', async (_name, bytes, code, pointer, message) => {
  const error = await readKerasArchive(bytes).then(() => undefined, (reason: unknown) => reason);
  expect(error).toBeInstanceOf(FormatError);
  expect(error).toMatchObject({ code, pointer });
  expect((error as FormatError).message).toContain(message);
});

test('a limit on the arrays', async () => {
  await expect(readKerasArchive(zip(sound), { maxBytes: 8 })).rejects.toMatchObject({ code: 'too_large', pointer: 'layers/dense/vars/1' });
});

test('shapes are compared before any array is read', async () => {
  const refusal = new Error('refused');
  const expectation = (layer: string, declared: readonly { name: string; shape: readonly number[] }[]): void => {
    expect([layer, declared.map(({ name, shape }) => [name, shape])]).toEqual(['d', [['d/kernel', [2, 1]], ['d/bias', [1]]]]);
    throw refusal;
  };
  await expect(readKerasArchive(zip(sound), { expect: expectation })).rejects.toBe(refusal);
});
