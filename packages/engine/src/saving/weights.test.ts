import { readFileSync } from 'node:fs';
import path from 'node:path';

import { parseModel, readWeightsFile } from '@trainyard/keras-format';
import { describe, expect, it } from 'vitest';

import { buildModel } from '../model/build-model.js';
import { weightRefs } from '../model/weight-ref.js';
import { type StoredArray, storedArray } from '../testing/stored-array.js';
import { fromWeightsFile, inWeightOrder, toLayerWeights } from './weights.js';

const folder = path.resolve(import.meta.dirname, '../../../../tests/golden/s17_load_by_name');
const expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as { B_json: object; B_weights_before: StoredArray[]; B_weights_after: StoredArray[] };
const file = readWeightsFile(new Uint8Array(readFileSync(path.join(folder, 'my_model_weights.h5'))));
const dense = (name: string, units: number, shape?: (number | null)[]): object => ({ class_name: 'Dense', config: { name, units, ...(shape ? { batch_input_shape: shape } : {}) } });
const sequential = (...layers: object[]): ReturnType<typeof buildModel> => buildModel(parseModel({ class_name: 'Sequential', config: layers, keras_version: '2.0.8' }));

const input = (name: string, shape: (number | null)[]): object => ({ class_name: 'InputLayer', name, config: { name, batch_input_shape: shape, dtype: 'float32' }, inbound_nodes: [] });
const node = (layer: object, name: string, from: string): object => ({ ...layer, name, inbound_nodes: [[[from, 0, 0, {}]]] });
const model = (name: string, layers: object[], from: string, to: string): object => ({ class_name: 'Model', keras_version: '2.0.8', config: { name, layers, input_layers: [[from, 0, 0]], output_layers: [[to, to === name ? 1 : 0, 0]] } });

/** A model that a job has trained; `frozen` names a layer of it. */
const encoder = (frozen = ''): object => {
  const flag = (name: string): object => (name === frozen ? { trainable: false } : {});
  const normalization = { class_name: 'BatchNormalization', config: { name: 'bn', ...flag('bn') } };
  const first = { class_name: 'Dense', config: { name: 'first', units: 4, ...flag('first') } };
  const second = { class_name: 'Dense', config: { name: 'second', units: 4, ...flag('second') } };
  return model('encoder', [input('frame', [null, 4]), node(first, 'first', 'frame'), node(normalization, 'bn', 'first'), node(second, 'second', 'bn')], 'frame', 'second');
};

/** What the file of a trained model holds: each array filled with a number of its own. */
const trained = (json: object): { layers: ReturnType<typeof toLayerWeights>; byName: Map<string, number> } => {
  const whole = buildModel(parseModel(json));
  const refs = weightRefs(whole);
  const layers = toLayerWeights(whole, refs.map(({ spec }, i) => ({ dtype: 'float32', shape: spec.shape, data: new Float32Array(spec.shape.reduce((size, length) => size * length, 1)).fill(i + 1) })));
  return { layers, byName: new Map(refs.map(({ kerasName }, i) => [kerasName, i + 1])) };
};

describe('weights into a layer', () => {
  const video = buildModel(
    parseModel({
      class_name: 'Sequential',
      keras_version: '2.0.8',
      config: [{ class_name: 'TimeDistributed', config: { name: 'each', batch_input_shape: [null, 5, 4], layer: encoder('first') } }, { class_name: 'Flatten', config: { name: 'flat' } }, { class_name: 'Dense', config: { name: 'head', units: 2 } }],
    }),
  );

  it.each(['each', 'encoder'])("of the name %s: a job's whole model fills the nested model, through its wrapper", (name) => {
    const { layers, byName } = trained(encoder());
    const values = fromWeightsFile(video, { layers }, { into: name });
    const refs = weightRefs(video).filter(({ variable }) => variable.startsWith('each/'));
    expect(refs).toHaveLength(8);
    expect([...values.keys()].sort()).toEqual(refs.map(({ variable }) => variable).sort());
    for (const { variable, spec } of refs) expect(values.get(variable)?.data[0], variable).toBe(byName.get(`${variable.split('/').at(-2)}/${spec.name}:0`));
  });

  it('several loads, each into its own; a layer that is no model takes a file of one', () => {
    const { layers } = trained(encoder());
    const head = [{ layer: 'old_name', weights: [[20, 2], [2]].map((shape, i) => ({ name: `old_name/${i}`, array: { dtype: 'float32' as const, shape, data: new Float32Array(shape.reduce((a, b) => a * b)).fill(9) } })) }];
    const values = new Map([...fromWeightsFile(video, { layers }, { into: 'each' }), ...fromWeightsFile(video, { layers: head }, { into: 'head' })]);
    expect(values.size).toBe(weightRefs(video).length);
    expect(values.get('head/kernel')?.data[0]).toBe(9);
  });

  it('says which layer there is not, and what does not fit', () => {
    const { layers } = trained(encoder());
    expect(() => fromWeightsFile(video, { layers }, { into: 'decoder' })).toThrow('into: expected the name of a layer of the model, received "decoder"; its layers are each, flat, head');
    expect(() => fromWeightsFile(video, { layers: layers.slice(2) }, { into: 'encoder' })).toThrow('the file has 2 layers with weights (bn, second), the model needs 3 (first, bn, second)');
  });
});

describe('a file that was written while other layers were frozen', () => {
  it.each(['first', 'bn', 'second', 'none'])('fits all the same: %s', (frozen) => {
    const outer = (inner: object): object => ({ class_name: 'Sequential', keras_version: '2.0.8', config: [{ class_name: 'TimeDistributed', config: { name: 'each', batch_input_shape: [null, 5, 4], layer: inner } }] });
    const { layers, byName } = trained(outer(encoder()));
    const target = buildModel(parseModel(outer(encoder(frozen))));
    const values = fromWeightsFile(target, { layers });
    for (const { variable, kerasName } of weightRefs(target)) expect(values.get(variable)?.data[0], kerasName).toBe(byName.get(kerasName));
  });
});

describe('fromWeightsFile', () => {
  it('by name gives what genuine Keras gives', async () => {
    const model = buildModel(parseModel(expected.B_json));
    const before = expected.B_weights_before.map(storedArray);
    const after = inWeightOrder(weightRefs(model), fromWeightsFile(model, await file, { byName: true }), before);
    expect(after.map(({ data }) => [...data])).toEqual(expected.B_weights_after.map((weight) => [...storedArray(weight).data]));
  });

  it('by position pairs layers that have weights, whatever their names', async () => {
    const model = sequential(dense('x', 2, [null, 3]), { class_name: 'Dropout', config: { name: 'drop', rate: 0.5 } }, dense('y', 3));
    expect(fromWeightsFile(model, await file).size).toBe(4);
  });

  it('names what does not fit', async () => {
    expect(() => fromWeightsFile(sequential(dense('x', 2, [null, 3])), { layers: [] })).toThrow('layers: the file has 0 layers with weights (none), the model needs 1 (x)');
    const loaded = await file;
    expect(() => fromWeightsFile(sequential(dense('dense_1', 5, [null, 3])), loaded, { byName: true })).toThrow('dense_1/kernel:0: the file has [3, 2], the model needs [3, 5]');
    expect(fromWeightsFile(sequential(dense('dense_1', 5, [null, 3])), loaded, { byName: true, skipMismatch: true }).size).toBe(0);
    const unbiased = sequential({ class_name: 'Dense', config: { name: 'dense_1', units: 2, use_bias: false, batch_input_shape: [null, 3] } });
    expect(() => fromWeightsFile(unbiased, loaded, { byName: true })).toThrow('dense_1: the file has 2 weights in "dense_1", the model needs 1 (kernel)');
  });
});
