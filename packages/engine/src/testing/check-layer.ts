import * as tf from '@tensorflow/tfjs-core';
import { type JsonObject, parseModel } from '@trainyard/keras-format';
import { cast, type NdArray, sizeOf } from '@trainyard/ndarray';
import { expect } from 'vitest';

import type { Mask } from '../layers/layer.js';
import { buildModel } from '../model/build-model.js';
import type { Model } from '../model/model.js';
import { StepContext } from '../model/step-context.js';
import { weightRefs } from '../model/weight-ref.js';
import { RandomStream } from '../ops/random-stream.js';
import { CpuRuntime } from '../runtime/cpu-runtime.js';
import type { FeedSpec, Runtime, StepDefinition } from '../runtime/runtime.js';
import { differentiate } from '../steps/gradients.js';
import { tensorflow } from './tensorflow.js';

/** A functional model of one layer. */
export function modelOfLayer(className: string, config: JsonObject, inputs: readonly (readonly number[])[]): Model {
  if (className === 'InputLayer') {
    const input = { class_name: 'InputLayer', name: 'in_0', config: { name: 'in_0', ...config }, inbound_nodes: [] };
    const next = { class_name: 'Activation', name: 'layer_1', config: { name: 'layer_1', activation: 'linear' }, inbound_nodes: [[['in_0', 0, 0, {}]]] };
    return buildModel(parseModel({ class_name: 'Model', keras_version: '2.0.8', config: { name: 'model', layers: [input, next], input_layers: [['in_0', 0, 0]], output_layers: [['layer_1', 0, 0]] } }));
  }
  const dtype = className === 'Embedding' ? 'int32' : 'float32';
  const layers = inputs.map((shape, i) => ({ class_name: 'InputLayer', name: `in_${i}`, config: { name: `in_${i}`, batch_input_shape: [null, ...shape.slice(1)], dtype }, inbound_nodes: [] }));
  const layer = { class_name: className, name: 'layer_1', config: { name: 'layer_1', ...config }, inbound_nodes: [inputs.map((_, i) => [`in_${i}`, 0, 0, {}])] };
  const refs = inputs.map((_, i) => [`in_${i}`, 0, 0]);
  return buildModel(parseModel({ class_name: 'Model', keras_version: '2.0.8', config: { name: 'model', layers: [...layers, layer], input_layers: refs, output_layers: [['layer_1', 0, 0]] } }));
}

interface Run {
  readonly output: NdArray;
  readonly loss: number;
  /** Of Σ output·probe with respect to the float inputs, then the weights. */
  readonly gradients: NdArray[];
  readonly weightsAfter: NdArray[];
}

function draw(shape: readonly number[], stream: RandomStream, dtype: 'float32' | 'int32'): NdArray {
  const data = Float32Array.from({ length: sizeOf(shape) }, () => (dtype === 'int32' ? stream.below(7) : stream.uniform() * 2 - 1));
  return cast({ dtype: 'float32', shape, data }, dtype);
}

/** Runs the model in training on given values. The probe makes every output element count differently. */
async function run(runtime: Runtime, model: Model, inputs: readonly NdArray[], weights: readonly NdArray[]): Promise<Run> {
  const refs = weightRefs(model);
  const program = runtime.createProgram(refs.map(({ variable, spec }) => ({ name: variable, shape: spec.shape, dtype: 'float32' })));
  await program.write(new Map(refs.map(({ variable }, i) => [variable, weights[i] as NdArray])));
  const feeds = inputs.map((array, i): FeedSpec => ({ name: `x${i}`, shape: array.shape, dtype: array.dtype as FeedSpec['dtype'] }));
  const step: StepDefinition = {
    name: 'check',
    feeds,
    build: (scope) => {
      const xs = feeds.map(({ name }) => scope.feed(name));
      const differentiable = [...xs.filter(({ dtype }) => dtype === 'float32'), ...refs.map(({ variable }) => scope.read(variable))];
      let updated: string[] = [];
      const { loss, others, gradients } = differentiate(() => {
        const context = new StepContext(scope, { training: true });
        const [output] = model.run(context.root(), xs, xs.map((): Mask => undefined)).outputs as [tf.Tensor];
        const probe = tf.reshape(tf.sin(tf.range(0, output.size)), output.shape);
        const updates = context.take();
        updated = updates.map(([variable]) => variable);
        return { loss: tf.sum(tf.mul(output, probe)), others: [output, ...updates.map(([, value]) => value)] };
      }, differentiable);
      updated.forEach((variable, i) => scope.assign(variable, others[i + 1] as tf.Tensor));
      return [others[0] as tf.Tensor, loss, ...differentiable.map((x, i) => gradients[i] ?? tf.zerosLike(x))];
    },
  };
  const [output, loss, ...gradients] = await program.compile(step).run(Object.fromEntries(inputs.map((array, i) => [`x${i}`, array])));
  const weightsAfter = await program.read(refs.map(({ variable }) => variable));
  program.dispose();
  return { output: output as NdArray, loss: Number(loss?.data[0]), gradients, weightsAfter };
}

/** Largest |a − b| / (1 + |b|). */
function distance(a: NdArray, b: NdArray): number {
  expect(a.shape).toEqual(b.shape);
  return Math.max(0, ...[...b.data].map((value, i) => Math.abs(Number(a.data[i]) - Number(value)) / (1 + Math.abs(Number(value)))));
}

/**
 * The battery of every layer: its declared output shape is the computed one; outputs, gradients and updates are the same on
 * TensorFlow, traced, and on the oracle; the oracle's gradients agree with finite differences of its own loss.
 * @param inputs shapes with the batch first; values are drawn in [−1, 1).
 */
export async function checkLayer(className: string, config: JsonObject, inputs: readonly (readonly number[])[]): Promise<void> {
  const model = modelOfLayer(className, config, inputs);
  const stream = new RandomStream(7, className.length);
  const xs = model.inputs.map(({ dtype }, i) => draw(inputs[i] ?? [], stream, dtype));
  const weights = weightRefs(model).map(({ spec }) => {
    const values = draw(spec.shape, stream, 'float32');
    return spec.name.includes('variance') ? { ...values, data: Float32Array.from(values.data as Float32Array, (value) => 1 + value * value) } : values;
  });
  const oracle = new CpuRuntime();
  const expected = await run(oracle, model, xs, weights);
  const declared = model.outputs[0]?.shape ?? [];
  expect(expected.output.shape.slice(1)).toEqual(declared.slice(1));

  const traced = await run(tensorflow(), model, xs, weights);
  expect(distance(traced.output, expected.output)).toBeLessThan(1e-5);
  traced.gradients.forEach((gradient, i) => expect(distance(gradient, expected.gradients[i] as NdArray)).toBeLessThan(1e-4));
  traced.weightsAfter.forEach((weight, i) => expect(distance(weight, expected.weightsAfter[i] as NdArray)).toBeLessThan(1e-5));
  await checkFiniteDifferences(oracle, model, xs, weights, expected);
}

/** A few directions: enough that a wrong sum or a missing term shows. */
async function checkFiniteDifferences(runtime: Runtime, model: Model, xs: readonly NdArray[], weights: readonly NdArray[], { gradients }: Run): Promise<void> {
  const floats = xs.filter(({ dtype }) => dtype === 'float32');
  const values = [...floats, ...weights];
  const h = 1e-2;
  for (const [at, value] of values.entries()) {
    if (isState(model, at - floats.length)) continue;
    const stream = new RandomStream(11, at);
    const direction = Float32Array.from({ length: value.data.length }, () => (stream.uniform() < 0.5 ? -1 : 1) / Math.sqrt(value.data.length));
    const lossAt = async (sign: number): Promise<number> => {
      const moved = { ...value, data: Float32Array.from(value.data as Float32Array, (entry, i) => entry + sign * h * (direction[i] ?? 0)) };
      const replaced = values.map((other, i) => (i === at ? moved : other));
      const inputs = xs.map((x) => (x.dtype === 'float32' ? (replaced[floats.indexOf(x)] as NdArray) : x));
      return (await run(runtime, model, inputs, replaced.slice(floats.length))).loss;
    };
    const numeric = ((await lossAt(1)) - (await lossAt(-1))) / (2 * h);
    const analytic = [...(gradients[at]?.data ?? [])].reduce<number>((sum, slope, i) => sum + Number(slope) * (direction[i] ?? 0), 0);
    // Kinks of relu and max within the step, and float32: a missing or doubled term is of the order of the slope itself.
    expect(Math.abs(numeric - analytic), `slope along value ${at}: ${analytic}, numerically ${numeric}`).toBeLessThan(0.05 * (1 + Math.abs(analytic)));
  }
}

/** Moving statistics are not differentiated through in training. */
function isState(model: Model, weight: number): boolean {
  return weight >= 0 && weightRefs(model)[weight]?.spec.trainable === false;
}
