import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readModelFile } from '../h5/model-file.js';
import type { ModelFile } from '../h5/weights-file.js';
import { parseModel } from '../model/parse-model.js';
import { writeModelJson } from '../model/write-model.js';
import { toKerasArchive } from './convert.js';
import { readOptimizerState } from './optimizer-state.js';
import { readKerasArchive } from './read.js';
import { writeKerasArchive } from './write.js';

const golden = join(import.meta.dirname, '../../../../tests/golden');
const cases = readdirSync(golden).filter((name) => existsSync(join(golden, name, 'spec.json')));
const h5 = (name: string): Buffer => readFileSync(join(golden, name, 'whole_model.h5'));

test.each(cases)('%s: the archive of its .h5 has the same layers, weights and optimizer state', async (name) => {
  const file = await readModelFile(h5(name));
  const archive = await readKerasArchive(await toKerasArchive(h5(name)));
  const shapes = ({ layers }: ModelFile): object[] => layers.filter(({ weights }) => weights.length > 0).map(({ layer, weights }) => [layer, weights.map(({ array }) => array.shape)]);
  expect(shapes(archive)).toEqual(shapes(file));
  expect(archive.trainingConfig?.optimizer_config.class_name).toBe(file.trainingConfig?.optimizer_config.class_name);
  const scaled = JSON.stringify(archive.layers.map(({ weights }) => weights.map(({ array }) => [...(array.data as Float32Array)]))) !== JSON.stringify(file.layers.filter(({ layer }) => archive.layers.some((one) => one.layer === layer)).map(({ weights }) => weights.map(({ array }) => [...(array.data as Float32Array)])));
  expect(scaled).toBe(file.modelConfig.includes('hard_sigmoid'));
  expect(readOptimizerState(archive)?.slots).toEqual(scaled ? undefined : readOptimizerState(file)?.slots);
});

test('what feeds a hard_sigmoid is 1.2 times as large: gates i, f, o of i, f, c, o', async () => {
  const file = await readModelFile(h5('c04_lstm_classify'));
  const archive = await readKerasArchive(await writeKerasArchive(file));
  const kernel = (of: ModelFile): Float32Array => of.layers.find(({ layer }) => layer === 'lstm_1')?.weights[0]?.array.data as Float32Array;
  const units = (file.layers.find(({ layer }) => layer === 'lstm_1')?.weights[1]?.array.shape[0] ?? 0);
  const factors = Array.from({ length: 4 * units }, (_, column) => Math.round((kernel(archive)[column]! / kernel(file)[column]!) * 1e4) / 1e4);
  expect(factors).toEqual([0, 1, 2, 3].flatMap((gate) => Array.from({ length: units }, () => (gate === 2 ? 1 : 1.2))));
});

const sequential = (...layers: object[]): string => JSON.stringify({ class_name: 'Sequential', keras_version: '2.0.8', config: layers });
const dense = { class_name: 'Dense', config: { name: 'd', units: 2, batch_input_shape: [null, 3] } };

describe('Keras 3 JSON', () => {
  test('of a Sequential has an InputLayer, and its serialized objects say where they are from', () => {
    const glorot = { class_name: 'VarianceScaling', config: { scale: 1, mode: 'fan_avg', distribution: 'normal', seed: null } };
    const { layers } = (JSON.parse(writeModelJson(parseModel(sequential({ ...dense, config: { ...dense.config, kernel_initializer: glorot, implementation: 1 } })), { keras: 3 })) as { config: { layers: { class_name: string; config: object }[] } }).config;
    expect(layers.map(({ class_name: name }) => name)).toEqual(['InputLayer', 'Dense']);
    expect(layers[0]?.config).toMatchObject({ name: 'd_input', batch_shape: [null, 3] });
    expect(layers[1]?.config).toEqual({
      name: 'd',
      trainable: true,
      dtype: 'float32',
      units: 2,
      kernel_initializer: { module: 'keras.initializers', class_name: 'VarianceScaling', config: { ...glorot.config, distribution: 'truncated_normal' }, registered_name: null },
    });
  });

  test.each<[string, object, string, string]>([
    ['a locally connected layer', { class_name: 'LocallyConnected1D', config: { name: 'l', filters: 1, kernel_size: [2] } }, '/config/1/class_name', 'no locally connected layers'],
    ['hard_sigmoid as a layer', { class_name: 'Activation', config: { name: 'a', activation: 'hard_sigmoid' } }, '/config/1/config/activation', 'another function'],
    ["hard_sigmoid of an LSTM's output", { class_name: 'LSTM', config: { name: 'l', units: 1, activation: 'hard_sigmoid' } }, '/config/1/config/activation', 'another function'],
    ['an argument of its own', { class_name: 'Dense', config: { name: 'e', units: 1, sparse_kernel: true } }, '/config/1/config/sparse_kernel', 'no argument "sparse_kernel" of Dense'],
    ['a name with a slash', { class_name: 'Dense', config: { name: 'a/b', units: 1 } }, '/config/1/name', 'a name without "/"'],
  ])('%s is refused', (_name, layer, pointer, text) => {
    const description = parseModel(sequential(dense, layer));
    expect(() => writeModelJson(description, { keras: 3 })).toThrow(pointer);
    expect(() => writeModelJson(description, { keras: 3 })).toThrow(text);
  });
});

test('decay is a schedule, and one norm over all gradients is global_clipnorm; both ways of clipping are refused', async () => {
  const file = await readModelFile(h5('c02_mlp_multiclass'));
  const withConfig = (config: object): ModelFile => ({ ...file, trainingConfig: { ...file.trainingConfig!, optimizer_config: { class_name: 'SGD', config: { lr: 0.5, ...config } } } });
  const { trainingConfig } = await readKerasArchive(await writeKerasArchive(withConfig({ decay: 0.1, clipnorm: 2 })));
  expect(trainingConfig?.optimizer_config.config).toMatchObject({ learning_rate: { class_name: 'InverseTimeDecay', config: { initial_learning_rate: 0.5, decay_rate: 0.1 } }, global_clipnorm: 2 });
  await expect(writeKerasArchive(withConfig({ clipvalue: 1, clipnorm: 2 }))).rejects.toMatchObject({ code: 'not_in_keras3', pointer: '/training_config/optimizer_config/config/clipvalue' });
});

test('a loss that Keras 3 does not have leaves no compile arguments', async () => {
  const file = await readModelFile(h5('c02_mlp_multiclass'));
  const archive = await writeKerasArchive({ ...file, trainingConfig: { ...file.trainingConfig!, loss: 'cosine_proximity' } });
  expect((await readKerasArchive(archive)).trainingConfig).toBeUndefined();
});
