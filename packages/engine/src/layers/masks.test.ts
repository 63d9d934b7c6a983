import * as tf from '@tensorflow/tfjs-core';
import { type JsonObject, parseModel } from '@trainyard/keras-format';
import { describe, expect, it } from 'vitest';

import { buildModel } from '../model/build-model.js';
import type { Model } from '../model/model.js';
import { StepContext } from '../model/step-context.js';
import { CpuRuntime } from '../runtime/cpu-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { tensorflow } from '../testing/tensorflow.js';

/** Two masked inputs [batch, 3, 2] into a layer; `then` a layer on its output. */
function joined(className: string, config: JsonObject, { maskSecond = true, then }: { maskSecond?: boolean; then?: string } = {}): Model {
  const node = (...names: string[]): unknown[] => [names.map((name) => [name, 0, 0, {}])];
  const layer = (class_name: string, name: string, inbound_nodes: unknown[], more: JsonObject = {}) => ({ class_name, name, config: { name, ...more }, inbound_nodes });
  const layers = [
    layer('InputLayer', 'a', [], { batch_input_shape: [null, 3, 2] }),
    layer('InputLayer', 'b', [], { batch_input_shape: [null, 3, 2] }),
    layer('Masking', 'mask_a', node('a')),
    ...(maskSecond ? [layer('Masking', 'mask_b', node('b'))] : []),
    layer(className, 'join', node('mask_a', maskSecond ? 'mask_b' : 'b'), config),
    ...(then ? [layer(then, 'then', node('join'))] : []),
  ];
  const output = then ? 'then' : 'join';
  return buildModel(parseModel({ class_name: 'Model', keras_version: '2.0.8', config: { name: 'm', layers, input_layers: [['a', 0, 0], ['b', 0, 0]], output_layers: [[output, 0, 0]] } }));
}

/** The output's mask for rows in which a has no step 1 and b no step 2. */
async function maskOf(runtime: Runtime, model: Model): Promise<number[] | undefined> {
  const program = runtime.createProgram([]);
  const build = (scope: Parameters<Parameters<typeof program.compile>[0]['build']>[0]): tf.Tensor[] => {
    const a = tf.tensor3d([[[1, 1], [0, 0], [1, 0]]]);
    const b = tf.tensor3d([[[0, 2], [3, 3], [0, 0]]]);
    const [mask] = model.run(new StepContext(scope, { training: false }).root(), [a, b], [undefined, undefined]).masks;
    return mask ? [tf.cast(mask, 'int32')] : [];
  };
  const [mask] = await program.compile({ name: 'mask', feeds: [], build }).run({});
  program.dispose();
  return mask && Array.from(mask.data, Number);
}

describe.each([
  ['TensorFlow', tensorflow()],
  ['the oracle', new CpuRuntime()],
])('masks on %s', (_name, runtime) => {
  it('Masking drops steps of nothing but its value; a merge keeps the steps that no mask drops', async () => {
    expect(await maskOf(runtime, joined('Add', {}))).toEqual([1, 0, 0]);
    expect(await maskOf(runtime, joined('Maximum', {}, { maskSecond: false }))).toEqual([1, 0, 1]);
    expect(await maskOf(runtime, joined('Concatenate', { axis: 1 }))).toEqual([1, 0, 1, 1, 1, 0]);
  });

  it('Dot answers no mask', async () => {
    expect(await maskOf(runtime, joined('Dot', { axes: 2 }))).toBeUndefined();
  });
});

describe('a layer that cannot have a masked input', () => {
  it('is refused where its input is masked, and not after a layer that ends the mask', () => {
    expect(() => joined('Add', {}, { then: 'Flatten' })).toThrow('layer "then" (Flatten) does not support masking, but its input is masked');
    expect(joined('Dot', { axes: 2 }, { then: 'Flatten' }).outputs[0]?.shape).toEqual([null, 9]);
  });
});
