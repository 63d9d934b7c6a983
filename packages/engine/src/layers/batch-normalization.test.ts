import { parseModel } from '@trainyard/keras-format';
import { ndarray } from '@trainyard/ndarray';
import { expect, it } from 'vitest';

import { compileModel } from '../compile/compile-model.js';
import { buildModel } from '../model/build-model.js';
import { tensorflow } from '../testing/tensorflow.js';
import { Trainer } from '../training/trainer.js';

/** One normalization, momentum 0.5, of two inputs, each constant over a batch of two rows. */
async function movingMean(kerasVersion: string): Promise<number> {
  const input = (name: string): object => ({ class_name: 'InputLayer', name, config: { name, batch_input_shape: [null, 1] }, inbound_nodes: [] });
  const shared = { class_name: 'BatchNormalization', name: 'bn', config: { name: 'bn', momentum: 0.5 }, inbound_nodes: [[['a', 0, 0, {}]], [['b', 0, 0, {}]]] };
  const sum = { class_name: 'Add', name: 'sum', config: { name: 'sum' }, inbound_nodes: [[['bn', 0, 0, {}], ['bn', 1, 0, {}]]] };
  const description = parseModel({ class_name: 'Model', keras_version: '2.0.8', config: { name: 'm', layers: [input('a'), input('b'), shared, sum], input_layers: [['a', 0, 0], ['b', 0, 0]], output_layers: [['sum', 0, 0]] } });
  const trainer = new Trainer(compileModel(buildModel({ ...description, kerasVersion }), { optimizer: 'sgd', loss: 'mse' }), tensorflow(), 0);
  await trainer.program.initialize(0);
  const rows = (value: number): ReturnType<typeof ndarray> => ndarray('float32', [2, 1], Float32Array.of(value, value));
  await trainer.trainBatch(trainer.standardize({ x: [rows(4), rows(8)], y: [rows(0)] }));
  const [mean] = await trainer.program.read(['bn/moving_mean']);
  trainer.dispose();
  return Number(mean?.data[0]);
}

it('a shared layer: in Keras 2.0 both calls move the average from where the step found it, in Keras 3 one after the other', async () => {
  expect(await movingMean('2.0.8')).toBeCloseTo(0.5 * 4 + 0.5 * 8, 6);
  expect(await movingMean('3.15.1')).toBeCloseTo(0.5 * (0.5 * 4) + 0.5 * 8, 6);
});
