import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ndarray, type NdArray } from '@trainyard/ndarray';
import { readModelFile, writeModelFile } from './model-file.js';
import type { DeclaredWeight, ModelFile, WeightsFile } from './weights-file.js';
import { readWeightsFile, writeWeightsFile } from './weights.js';

const golden = join(import.meta.dirname, '../../../../tests/golden');
const files = readdirSync(golden, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.h5') && !path.endsWith('keras3.weights.h5') && !/^k3_.*weights.h5/.test(path));
const read = (path: string): Uint8Array => readFileSync(join(golden, path));
const cases = readdirSync(golden).filter((name) => existsSync(join(golden, name, 'spec.json')));

test.each(files)('%s: its weights are read, and written so that they are read again', async (path) => {
  const file = await readWeightsFile(read(path));
  expect(file.layers.length).toBeGreaterThan(0);
  expect(await readWeightsFile(await writeWeightsFile(file))).toEqual(file);
});

test.each(files.filter((path) => /whole_model|model\.h5|keras3_model/.test(path)))('%s: the whole model likewise', async (path) => {
  const model = await readModelFile(read(path));
  expect(JSON.parse(model.modelConfig)).toHaveProperty('class_name');
  expect(await readModelFile(await writeModelFile(model))).toEqual(model);
});

describe.each(cases)('%s', (name) => {
  test('has the weights that Keras 2.0.8 had when it saved them', async () => {
    const expected = JSON.parse(readFileSync(join(golden, name, 'expected.json'), 'utf8')) as { weight_names: string[]; final_weights_digest: { mean: number; l2: number }[] };
    const arrays = (await readWeightsFile(read(`${name}/whole_model.h5`))).layers.flatMap(({ weights }) => weights);
    expect(arrays.map((weight) => weight.name)).toEqual(expected.weight_names);
    arrays.forEach(({ array }, index) => expect(l2(array)).toBeCloseTo(expected.final_weights_digest[index]!.l2, 4));
  });
});

test('compile arguments and optimizer state, in their order and of their types', async () => {
  const model = await readModelFile(read('c02_mlp_multiclass/whole_model.h5'));
  expect(model).toMatchObject({ kerasVersion: '2.0.8', backend: 'tensorflow' });
  expect(model.trainingConfig).toMatchObject({
    optimizer_config: { class_name: 'SGD', config: { nesterov: true } },
    loss: 'categorical_crossentropy',
    metrics: ['accuracy', 'mae'],
    sample_weight_mode: null,
    loss_weights: null,
  });
  expect(model.optimizerWeights[0]).toEqual({ name: 'SGD/iterations:0', array: ndarray('int64', [], BigInt64Array.of(20n)) });
  const rms = await readModelFile(read('c01_mlp_binary/whole_model.h5'));
  expect(rms.optimizerWeights.map((weight) => weight.name)).toEqual(['', '_1', '_2', '_3', '_4', '_5'].map((suffix) => `training/RMSprop/Variable${suffix}:0`));
});

test('numbers of the optimizer stay floats: Keras 3 refuses "momentum": 0', async () => {
  const model = await readModelFile(read('c09_shared_conv_nodes/whole_model.h5'));
  const bytes = Buffer.from(await writeModelFile(model));
  expect(bytes.includes('"momentum": 0.0, "decay": 0.0')).toBe(true);
});

test('a model that was never compiled, and a group of our own beside those of Keras', async () => {
  const { trainingConfig: _, ...compiled } = await readModelFile(read('c12k_batchnorm_cnn/whole_model.h5'));
  const extra = {
    trainyard: {
      attributes: { state: '{"epoch": 3, "größe": 1}' },
      arrays: [
        { name: 'seed', array: ndarray('int64', [2], BigInt64Array.of(1n, 2n)) },
        { name: 'sums/loss', array: ndarray('float64', [], Float64Array.of(0.1)) },
      ],
    },
    nothing: { attributes: {}, arrays: [] },
  };
  const model: ModelFile = { ...compiled, optimizerWeights: [], extra };
  const bytes = await writeModelFile(model);
  expect(await readModelFile(bytes, { extra: ['trainyard', 'nothing', 'missing'] })).toEqual(model);
  expect(await readModelFile(bytes)).toEqual({ ...compiled, optimizerWeights: [] });
  await expect(writeModelFile({ ...model, extra: { model_weights: extra.nothing } })).rejects.toThrow("model_weights: expected a name for the extra group that is not one of Keras's own");
});

test('names beyond 64,512 bytes are divided among attributes', async () => {
  const layers = Array.from({ length: 5_003 }, (_, index) => ({ layer: `a_layer_with_a_rather_long_name_${index}`, weights: [] as WeightsFile['layers'][number]['weights'] }));
  layers[7]!.weights = Array.from({ length: 2_500 }, (_, index) => ({ name: `größe/${'x'.repeat(40)}_${index}:0`, array: ndarray('float32', [1], Float32Array.of(index)) }));
  const file: WeightsFile = { kerasVersion: '2.0.8', backend: 'tensorflow', layers };
  const bytes = Buffer.from(await writeWeightsFile(file));
  expect(['layer_names0', 'layer_names1', 'layer_names2', 'weight_names0', 'weight_names1'].map((name) => bytes.includes(name))).toEqual([true, true, true, true, true]);
  expect(await readWeightsFile(bytes)).toEqual(file);
});

test('texts of megabytes: model_config of a large model', async () => {
  const model: ModelFile = { kerasVersion: '2.0.8', backend: 'tensorflow', layers: [], optimizerWeights: [], modelConfig: JSON.stringify({ class_name: 'Sequential', config: 'ä'.repeat(3_000_000) }) };
  expect(await readModelFile(await writeModelFile(model))).toEqual(model);
});

test('what the file declares is compared before any data is read', async () => {
  const seen: Record<string, DeclaredWeight[]> = {};
  await readWeightsFile(read('c12k_batchnorm_cnn/final.weights.h5'), { expect: (layer, weights) => (seen[layer] = weights) });
  expect(seen['conv2d_1']).toEqual([
    { name: 'conv2d_1/kernel:0', shape: [3, 3, 3, 4], dtype: 'float32' },
    { name: 'conv2d_1/bias:0', shape: [4], dtype: 'float32' },
  ]);
  expect(seen['activation_1']).toEqual([]);
  const refusal = new Error('dense_1/kernel: the file has [36,3], the model needs [36,4]');
  const expectation = (): void => {
    throw refusal;
  };
  await expect(readWeightsFile(read('c12k_batchnorm_cnn/final.weights.h5'), { expect: expectation })).rejects.toBe(refusal);
});

test("Keras 3's own layout is named", async () => {
  await expect(readWeightsFile(read('c01_mlp_binary/keras3.weights.h5'))).rejects.toMatchObject({ code: 'unsupported_layout' });
});

test('weights alone are no model', async () => {
  await expect(readModelFile(read('c01_mlp_binary/final.weights.h5'))).rejects.toMatchObject({ code: 'not_a_model' });
});

test('bool has no place in Keras files', async () => {
  const weights = [{ name: 'm', array: ndarray('bool', [1], Uint8Array.of(1)) }];
  await expect(writeWeightsFile({ kerasVersion: '2.0.8', backend: 'tensorflow', layers: [{ layer: 'a', weights }] })).rejects.toMatchObject({ code: 'wrong_dtype', pointer: 'a/m' });
});

function l2({ data }: NdArray): number {
  return Math.sqrt(Array.from(data as Float32Array).reduce((sum, value) => sum + value * value, 0));
}
