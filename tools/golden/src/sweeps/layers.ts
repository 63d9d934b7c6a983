import * as tf from '@tensorflow/tfjs-core';
import { buildModel, differentiate, type FeedSpec, type Mask, type Model, type Runtime, stateRefs, StepContext, type StepDefinition, type VariableSpec, weightRefs } from '@trainyard/engine';
import type { JsonObject, ModelDescription } from '@trainyard/keras-format';
import { parseModel } from '@trainyard/keras-format';
import { cast, type NdArray, sizeOf } from '@trainyard/ndarray';

import { tolerances } from '../comparison.js';
import { type StoredTensor, tensor } from '../reference.js';
import { entry, hasKeys, type Sweep, type SweepResult } from './sweep-result.js';

interface LayerCase {
  readonly name: string;
  readonly class_name: string;
  readonly config: JsonObject;
  readonly trainable_count: number;
  readonly losses: number[];
  readonly call: {
    readonly training: boolean;
    /** Of every input. */
    readonly mask: StoredTensor | null;
    /** One for each input, in its place. */
    readonly masks?: readonly (StoredTensor | null)[];
    readonly arguments?: JsonObject;
  };
  readonly inputs: StoredTensor[];
  readonly weights: StoredTensor[];
  readonly outputs: StoredTensor[];
  /** Of a second call of a stateful layer. */
  readonly outputs2?: StoredTensor[];
  readonly grad_weights: (StoredTensor | null)[];
  readonly grad_inputs: (StoredTensor | null)[];
  readonly weights_after_update?: StoredTensor[];
}

interface LayerSweep {
  /** Of the Keras that made it; 2.0.8 where it does not say. */
  readonly keras_version?: string;
  readonly cases: LayerCase[];
}

export const layerSweep: Sweep<LayerSweep> = {
  matches: (file): file is LayerSweep => hasKeys(file, 'cases') && Array.isArray(file.cases) && hasKeys(file.cases[0], 'class_name', 'call', 'inputs'),
  run: async (file, runtime, result) => {
    for (const layer of file.cases) await entry(result, layer.name, () => compare(layer, file.keras_version ?? '2.0.8', runtime, result));
  },
};

/** A functional model of one layer on inputs of the case's shapes. */
function describe({ class_name, config, inputs, outputs, call }: LayerCase, kerasVersion: string): ModelDescription {
  const name = typeof config['name'] === 'string' ? config['name'] : 'layer';
  const layers = inputs.map(({ shape, dtype }, i) => ({ class_name: 'InputLayer', name: `in_${i}`, config: { name: `in_${i}`, batch_input_shape: shape, dtype, sparse: false }, inbound_nodes: [] }));
  const layer = { class_name, name, config, inbound_nodes: [inputs.map((_, i) => [`in_${i}`, 0, 0, call.arguments ?? {}])] };
  return parseModel({ class_name: 'Model', keras_version: kerasVersion, config: { name: 'model', layers: [...layers, layer], input_layers: inputs.map((_, i) => [`in_${i}`, 0, 0]), output_layers: outputs.map((_, i) => [name, 0, i]) } });
}

async function compare(layer: LayerCase, kerasVersion: string, runtime: Runtime, { comparison }: SweepResult): Promise<void> {
  const model = buildModel(describe(layer, kerasVersion));
  const refs = weightRefs(model);
  const states = stateRefs(model);
  const program = runtime.createProgram([...refs.map(({ variable, spec }): VariableSpec => ({ name: variable, shape: spec.shape, dtype: 'float32' })), ...states]);
  try {
    await program.write(new Map(states.map(({ name, shape }) => [name, zeros(shape)])));
    await program.write(new Map(refs.map(({ variable }, i) => [variable, cast(tensor(layer.weights[i] as StoredTensor), 'float32')])));
    const inputs = layer.inputs.map(tensor);
    const { step, feeds } = layerStep(model, layer, inputs);
    const compiled = program.compile(step);
    const fetched = await compiled.run(feeds);
    const next = (count: number): NdArray[] => fetched.splice(0, count);
    const outputs = next(layer.outputs.length);
    layer.outputs.forEach((theirs, i) => comparison.array(`${layer.name}, output ${i}`, outputs[i] && cast(outputs[i], 'float32'), cast(tensor(theirs), 'float32'), tolerances.outputs));
    const gradInputs = next(inputs.length);
    layer.grad_inputs.forEach((theirs, i) => theirs && comparison.array(`${layer.name}, gradient of input ${i}`, gradInputs[i], tensor(theirs), tolerances.gradients));
    const gradWeights = next(refs.length);
    layer.grad_weights.forEach((theirs, i) => theirs && comparison.array(`${layer.name}, gradient of weight ${i}`, gradWeights[i], tensor(theirs), tolerances.gradients));
    comparison.numbers(`${layer.name}, losses`, fetched.map(({ data }) => Number(data[0])), layer.losses, tolerances.gradients);
    const after = await program.read(refs.map(({ variable }) => variable));
    const second = layer.outputs2 ? await compiled.run(feeds) : [];
    layer.outputs2?.forEach((theirs, i) => comparison.array(`${layer.name}, output ${i} of a second call`, second[i], tensor(theirs), tolerances.outputs));
    layer.weights_after_update?.forEach((theirs, i) => comparison.array(`${layer.name}, weight ${i} after the call`, after[i], tensor(theirs), tolerances.outputs));
  } finally {
    program.dispose();
  }
}

function zeros(shape: readonly number[]): NdArray {
  return { dtype: 'float32', shape, data: new Float32Array(sizeOf(shape)) };
}

/** Outputs; gradients of Σ outputs² with respect to inputs and weights; each regularizer's and activity's loss. */
function layerStep(model: Model, layer: LayerCase, inputs: readonly NdArray[]): { step: StepDefinition; feeds: Record<string, NdArray> } {
  const refs = weightRefs(model);
  const given = layer.call.masks ?? inputs.map(() => layer.call.mask);
  const maskArrays = given.map((mask) => mask && cast(tensor(mask), 'int32'));
  const arrays = inputs.map((array, i) => cast(array, model.inputs[i]?.dtype ?? 'float32'));
  const specs: FeedSpec[] = arrays.map((array, i) => ({ name: `x${i}`, shape: array.shape, dtype: array.dtype as FeedSpec['dtype'] }));
  maskArrays.forEach((mask, i) => mask && specs.push({ name: `mask${i}`, shape: mask.shape, dtype: 'int32' }));
  const step: StepDefinition = {
    name: layer.name,
    feeds: [...specs, { name: 'seed', shape: [2], dtype: 'int32' }],
    build: (scope) => {
      const context = new StepContext(scope, { training: layer.call.training });
      const xs = arrays.map((_, i) => scope.feed(`x${i}`));
      const weights = refs.map(({ variable }) => scope.read(variable));
      const masks = maskArrays.map((mask, i): Mask => (mask ? tf.cast(scope.feed(`mask${i}`), 'bool') : undefined));
      const differentiable = [...xs, ...weights].filter(({ dtype }) => dtype === 'float32');
      let updated: string[] = [];
      const { others, gradients } = differentiate(() => {
        const outputs = model.run(context.root(), xs, masks).outputs;
        const updates = context.take();
        updated = updates.map(([variable]) => variable);
        const loss = outputs.map((output) => tf.sum(tf.square(tf.cast(output, 'float32')))).reduce((sum, term) => tf.add(sum, term));
        return { loss, others: [...updates.map(([, value]) => value), ...outputs, ...context.losses] };
      }, differentiable);
      updated.forEach((variable, i) => scope.assign(variable, others[i] as tf.Tensor));
      const outputs = others.slice(updated.length, updated.length + layer.outputs.length);
      const activityLosses = others.slice(updated.length + outputs.length);
      const gradient = (x: tf.Tensor): tf.Tensor => gradients[differentiable.indexOf(x)] ?? tf.zerosLike(x);
      const penalties = refs.flatMap(({ spec }, i) => (spec.regularizer ? [spec.regularizer.penalty(weights[i] as tf.Tensor)] : []));
      return [...outputs, ...[...xs, ...weights].map(gradient), ...penalties, ...activityLosses];
    },
  };
  const feeds: Record<string, NdArray> = Object.fromEntries(arrays.map((array, i) => [`x${i}`, array]));
  maskArrays.forEach((mask, i) => mask && (feeds[`mask${i}`] = mask));
  feeds['seed'] = { dtype: 'int32', shape: [2], data: Int32Array.of(1, 2) };
  return { step, feeds };
}
