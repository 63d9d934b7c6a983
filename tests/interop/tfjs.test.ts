import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { decodeNpy, sliceRows } from '@trainyard/ndarray';
import { readModelFile, writeTfjsModel } from '@trainyard/keras-format';
import { expect, test } from 'vitest';
import { goldenFolder, trainingCases } from '../support/golden.js';

// Checkpoints as layers-models in the hands of TensorFlow.js: it predicts what genuine Keras predicted.

test.each(trainingCases())('%s', { timeout: 120_000 }, async (name) => {
  const read = (file: string): Promise<Buffer> => readFile(join(goldenFolder, name, file));
  const file = await readModelFile(await read('whole_model.h5'));
  const [json, ...shards] = writeTfjsModel(file);
  const { modelTopology, weightsManifest } = JSON.parse(Buffer.from(json!.bytes).toString());
  expect(weightsManifest[0].paths).toEqual(shards.map((shard) => shard.name));
  const content = Uint8Array.from(Buffer.concat(shards.map(({ bytes }) => bytes)));
  await tf.setBackend('cpu');
  const model = await loadLayersModel({ load: () => Promise.resolve({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData: content.buffer }) });
  const { data } = JSON.parse((await read('spec.json')).toString()) as { data: { x: string[] } };
  const declared = model.inputs[0]?.shape[0] ?? 8;
  const x = await Promise.all(data.x.map(async (input) => {
    const array = decodeNpy(await read(input));
    const rows = sliceRows(array, 0, declared);
    return tf.tensor(Array.from(rows.data, Number), [...rows.shape], 'float32');
  }));
  const outputs = [model.predict(x.length === 1 ? x[0]! : x, { batchSize: declared })].flat();
  const { final_predict: theirs } = JSON.parse((await read('expected.json')).toString()) as { final_predict: { b64: string }[] };
  theirs.forEach(({ b64 }, i) => {
    const expected = [...new Float32Array(new Uint8Array(Buffer.from(b64, 'base64')).buffer)];
    const ours = outputs[i]!.dataSync();
    expect(Math.max(...expected.map((value, k) => Math.abs(value - (ours[k] ?? NaN)))), `output ${i}`).toBeLessThan(1e-5);
  });
  model.dispose();
});

test.each([
  ['a layer that it does not have', [{ class_name: 'Masking', config: { name: 'masking_1', batch_input_shape: [null, 4, 2] } }, { class_name: 'TimeDistributed', config: { name: 'times', layer: { class_name: 'GlobalMaxPooling3D', config: { name: 'pool_1' } } } }], 'pool_1: TensorFlow.js has no layer GlobalMaxPooling3D'],
  ['masks that it does not heed', [{ class_name: 'Embedding', config: { name: 'words', input_dim: 9, output_dim: 2, mask_zero: true, batch_input_shape: [null, 4] } }, { class_name: 'Bidirectional', config: { name: 'both', layer: { class_name: 'LSTM', config: { name: 'lstm_1', units: 2 } } } }], 'both: TensorFlow.js does not heed masks in a Bidirectional'],
])('refused: %s', (_, config, message) => {
  const modelConfig = JSON.stringify({ class_name: 'Sequential', config });
  expect(() => writeTfjsModel({ modelConfig, kerasVersion: '2.0.8', backend: 'tensorflow', layers: [], optimizerWeights: [] })).toThrow(message);
});
