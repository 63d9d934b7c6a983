import { readFileSync } from 'node:fs';
import path from 'node:path';

import { type Json, parseModel } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';
import { describe, expect, it } from 'vitest';

import { ModelDataError } from '../data/data-error.js';
import { CpuRuntime } from '../runtime/cpu-runtime.js';
import { ModelProgram } from '../training/model-program.js';
import { buildModel } from './build-model.js';
import { inputRanges } from './input-range.js';
import { summaryText } from './summary.js';
import { countParams, weightRefs, weightRefsByLayer } from './weight-ref.js';

const golden = path.resolve(import.meta.dirname, '../../../../tests/golden');
const dense = (name: string, units: number, more: Record<string, Json> = {}): Record<string, Json> => ({ class_name: 'Dense', config: { name, units, ...more } });
const sequential = (layers: Json[]): object => ({ class_name: 'Sequential', config: layers, keras_version: '2.0.8' });

describe('summaryText', () => {
  it("is genuine Keras's text, frozen layers counted", () => {
    const { summary_text: expected } = JSON.parse(readFileSync(path.join(golden, 's17_load_by_name/expected.json'), 'utf8')) as { summary_text: string };
    const model = buildModel(
      parseModel(sequential([dense('dense_1', 2, { batch_input_shape: [null, 3], trainable: false }), { class_name: 'BatchNormalization', config: { name: 'bn' } }, dense('d2', 1)])),
    );
    expect(summaryText(model).trimEnd()).toBe(expected.trimEnd());
  });

  it('names the connections of a model that is no chain', () => {
    const model = buildModel(parseModel(readFileSync(path.join(golden, 'c09_shared_conv_nodes/model.json'), 'utf8')));
    expect(summaryText(model)).toMatch(/Connected to/);
    expect(summaryText(model)).toMatch(/conv2d_1 \(Conv2D\) +multiple .*\n/);
  });
});

describe('a model too large for any machine', () => {
  it('is described, its parameters counted, nothing allocated', () => {
    const model = buildModel(parseModel(sequential([dense('a', 1e6, { batch_input_shape: [null, 1e6] }), dense('b', 1e6)])));
    expect(countParams(model).total).toBe(2e12 + 2e6);
  });
});

describe('nested and shared layers', () => {
  const inner = { class_name: 'Sequential', name: 'inner', config: [dense('id1', 2, { batch_input_shape: [null, 3], trainable: false }), dense('id2', 2)] };
  const input = (name: string): Json => ({ class_name: 'InputLayer', name, config: { name, batch_input_shape: [null, 3] }, inbound_nodes: [] });
  const description = {
    class_name: 'Model',
    keras_version: '2.0.8',
    config: {
      name: 'outer',
      layers: [
        input('a'),
        input('b'),
        { ...inner, inbound_nodes: [[['a', 0, 0, {}]], [['b', 0, 0, {}]]] },
        { class_name: 'Concatenate', name: 'both', config: { name: 'both', axis: -1 }, inbound_nodes: [[['inner', 1, 0, {}], ['inner', 2, 0, {}]]] },
      ],
      input_layers: [['a', 0, 0], ['b', 0, 0]],
      output_layers: [['both', 0, 0]],
    },
  };

  it('have one set of weights, frozen ones last in files', () => {
    const model = buildModel(parseModel(description));
    expect(weightRefs(model).map(({ variable }) => variable)).toEqual(['inner/id1/kernel', 'inner/id1/bias', 'inner/id2/kernel', 'inner/id2/bias']);
    const group = weightRefsByLayer(model).find(({ layer }) => layer.name === 'inner');
    expect(group?.weights.map(({ kerasName }) => kerasName)).toEqual(['id2/kernel:0', 'id2/bias:0', 'id1/kernel:0', 'id1/bias:0']);
  });

  it('treat both inputs alike', async () => {
    const program = new ModelProgram(buildModel(parseModel(description)), new CpuRuntime());
    await program.initialize(1);
    const x: NdArray = { dtype: 'float32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
    const [y] = await program.predict([x, x]);
    expect(y?.shape).toEqual([2, 4]);
    expect([...(y?.data ?? [])].slice(0, 2)).toEqual([...(y?.data ?? [])].slice(2, 4));
    program.dispose();
  });
});

describe('an embedding', () => {
  const model = buildModel(parseModel(sequential([{ class_name: 'Embedding', config: { name: 'e', input_dim: 5, output_dim: 2, batch_input_shape: [null, 3] } }, { class_name: 'Flatten', config: { name: 'f' } }])));

  it('says what its input may hold', () => {
    expect(inputRanges(model)).toEqual([{ input: 0, limit: 5, layer: 'e' }]);
  });

  it('refuses an index out of its range with row and value', async () => {
    const program = new ModelProgram(model, new CpuRuntime());
    await program.initialize(1);
    const x: NdArray = { dtype: 'int32', shape: [2, 3], data: Int32Array.of(0, 1, 2, 3, 5, 4) };
    await expect(program.predict([x])).rejects.toThrow(new ModelDataError('value_out_of_range', 'x, input "e_input", row 1', 'expected integers in [0, 5) for "e", received 5'));
    program.dispose();
  });
});
