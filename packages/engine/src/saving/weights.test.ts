import { readFileSync } from 'node:fs';
import path from 'node:path';

import { parseModel, readWeightsFile } from '@trainyard/keras-format';
import { type NdArray, viewBytes } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { buildModel } from '../model/build-model.js';
import { weightRefs } from '../model/weight-ref.js';
import { fromWeightsFile, inWeightOrder } from './weights.js';

interface Stored {
  readonly dtype: 'float32';
  readonly shape: number[];
  readonly b64: string;
}

const folder = path.resolve(import.meta.dirname, '../../../../tests/golden/s17_load_by_name');
const expected = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as { B_json: object; B_weights_before: Stored[]; B_weights_after: Stored[] };
const array = ({ dtype, shape, b64 }: Stored): NdArray => ({ dtype, shape, data: viewBytes(dtype, new Uint8Array(Buffer.from(b64, 'base64'))) });
const file = readWeightsFile(new Uint8Array(readFileSync(path.join(folder, 'my_model_weights.h5'))));
const dense = (name: string, units: number, shape?: (number | null)[]): object => ({ class_name: 'Dense', config: { name, units, ...(shape ? { batch_input_shape: shape } : {}) } });
const sequential = (...layers: object[]): ReturnType<typeof buildModel> => buildModel(parseModel({ class_name: 'Sequential', config: layers, keras_version: '2.0.8' }));

describe('fromWeightsFile', () => {
  it('by name gives what genuine Keras gives', async () => {
    const model = buildModel(parseModel(expected.B_json));
    const before = expected.B_weights_before.map(array);
    const after = inWeightOrder(weightRefs(model), fromWeightsFile(model, await file, { byName: true }), before);
    expect(after.map(({ data }) => [...data])).toEqual(expected.B_weights_after.map((weight) => [...array(weight).data]));
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
