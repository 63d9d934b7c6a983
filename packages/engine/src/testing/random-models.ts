import type { Json, JsonObject } from '@trainyard/keras-format';
import fc from 'fast-check';

/** A tensor of the model that is being made: `[layer, node, tensor]` as Keras's JSON has it, and its shape without the batch. */
interface Made {
  readonly ref: readonly [string, number, number];
  readonly shape: readonly number[];
}

export interface RandomModel {
  /** In Keras 2's JSON, as `json.loads(model.to_json())`. */
  readonly json: JsonObject;
  /** Whether it has a layer that runs in a loop. */
  readonly recurrent: boolean;
}

/** Smooth ones: finite differences see no kinks. */
const ACTIVATIONS = ['linear', 'tanh', 'sigmoid', 'softplus', 'elu'];

/**
 * Small models that are sound: Sequential and functional ones of several inputs and outputs, with shared layers, nested models,
 * wrappers, merges. Shrinks towards one Dense.
 */
export const randomModels: fc.Arbitrary<RandomModel> = fc
  .tuple(fc.boolean(), fc.array(fc.nat(997), { minLength: 40, maxLength: 40 }))
  .map(([functional, decisions]) => new ModelMaker(decisions).make(functional));

/** Makes a model of a list of numbers: each of them decides one thing. */
class ModelMaker {
  #next = 0;
  #recurrent = false;
  readonly #counts = new Map<string, number>();
  readonly #layers: JsonObject[] = [];

  constructor(private readonly decisions: readonly number[]) {}

  make(functional: boolean): RandomModel {
    const json = functional ? this.#functional() : this.#sequential();
    return { json: { ...json, keras_version: '2.0.8', backend: 'tensorflow' }, recurrent: this.#recurrent };
  }

  #choose<T>(choices: readonly T[]): T {
    const decision = this.decisions[this.#next++ % this.decisions.length] ?? 0;
    return choices[decision % choices.length] as T;
  }

  #name(base: string): string {
    const count = (this.#counts.get(base) ?? 0) + 1;
    this.#counts.set(base, count);
    return `${base}_${count}`;
  }

  #sequential(): JsonObject {
    let shape: readonly number[] = this.#choose([[4], [5, 3], [6, 6, 2]]);
    const layers: JsonObject[] = [];
    const add = (layer: { described: JsonObject; shape: readonly number[] }): void => {
      layers.push(layer.described);
      shape = layer.shape;
    };
    const input = [null, ...shape];
    for (let i = this.#choose([0, 1, 2, 3]); i > 0; i--) add(this.#layerFor(shape));
    while (shape.length > 1) add(this.#flatten(shape));
    add(this.#dense(shape));
    const [first] = layers as [JsonObject];
    Object.assign(first['config'] as JsonObject, { batch_input_shape: input, dtype: 'float32' });
    return { class_name: 'Sequential', config: layers };
  }

  #functional(): JsonObject {
    const made: Made[] = Array.from({ length: this.#choose([1, 2]) }, () => this.#input(this.#choose([[4], [5, 3], [6, 6, 2]])));
    const inputs = made.map(({ ref }) => [...ref]);
    for (let i = this.#choose([0, 1, 2, 3, 4]); i > 0; i--) made.push(this.#step(made));
    const outputs = made.slice(-this.#choose([1, 2])).map((tensor) => this.#output(tensor));
    // Keras's JSON has only what leads to an output; an input that leads nowhere is an output's too, through a Concatenate.
    const unused = inputs.map(([name]) => name as string).filter((name) => !JSON.stringify(this.#layers.map((layer) => layer['inbound_nodes'])).includes(`"${name}"`));
    for (const name of unused) outputs.push(this.#output(made.find(({ ref }) => ref[0] === name) as Made));
    return { class_name: 'Model', config: { name: this.#name('model'), layers: this.#layers, input_layers: inputs, output_layers: outputs.map(({ ref }) => [...ref]) } };
  }

  #input(shape: readonly number[]): Made {
    const name = this.#name('input');
    this.#layers.push({ class_name: 'InputLayer', name, config: { name, batch_input_shape: [null, ...shape], dtype: 'float32', sparse: false }, inbound_nodes: [] });
    return { ref: [name, 0, 0], shape };
  }

  #step(made: readonly Made[]): Made {
    const tensor = made.at(-1 - (this.#choose([0, 0, 1]) % made.length)) as Made;
    const alike = made.filter((other) => other !== tensor && other.shape.join() === tensor.shape.join());
    switch (this.#choose(['layer', 'merge', 'shared', 'nested'])) {
      case 'merge': {
        const [other] = alike;
        return other ? this.#call(this.#merge(tensor.shape), [tensor, other]) : this.#call(this.#layerFor(tensor.shape), [tensor]);
      }
      case 'shared': {
        const layer = this.#layerFor(tensor.shape);
        const first = this.#call(layer, [tensor]);
        const [other] = alike;
        if (!other) return first;
        const second = this.#callAgain([other], first);
        return this.#call(this.#merge(first.shape), [first, second]);
      }
      case 'nested':
        return this.#call(this.#nested(tensor.shape), [tensor], 1);
      default:
        return this.#call(this.#layerFor(tensor.shape), [tensor]);
    }
  }

  #output(tensor: Made): Made {
    let last = tensor;
    while (last.shape.length > 1) last = this.#call(this.#flatten(last.shape), [last]);
    return this.#call(this.#dense(last.shape), [last]);
  }

  #call({ described, shape }: { described: JsonObject; shape: readonly number[] }, inputs: readonly Made[], firstNode = 0): Made {
    const config = described['config'] as JsonObject;
    const name = config['name'] as string;
    this.#layers.push({ class_name: described['class_name'] as Json, name, config, inbound_nodes: [nodeOn(inputs)] });
    return { ref: [name, firstNode, 0], shape };
  }

  /** The last layer, called once more. */
  #callAgain(inputs: readonly Made[], { ref, shape }: Made): Made {
    (this.#layers.at(-1)?.['inbound_nodes'] as Json[]).push(nodeOn(inputs));
    return { ref: [ref[0], ref[1] + 1, 0], shape };
  }

  #layerFor(shape: readonly number[]): { described: JsonObject; shape: readonly number[] } {
    if (shape.length === 1) return this.#choose([() => this.#dense(shape), () => this.#activation(shape)])();
    if (shape.length === 2) return this.#choose([() => this.#timeDistributed(shape), () => this.#conv1d(shape), () => this.#recurrentLayer(), () => this.#flatten(shape), () => this.#bidirectional()])();
    return this.#choose([() => this.#conv2d(shape), () => this.#pooling(shape), () => this.#flatten(shape), () => this.#activation(shape)])();
  }

  #layer(className: string, base: string, config: JsonObject): JsonObject {
    return { class_name: className, config: { name: this.#name(base), trainable: true, ...config } };
  }

  #dense(shape: readonly number[]): { described: JsonObject; shape: readonly number[] } {
    const units = this.#choose([1, 2, 3]);
    const described = this.#layer('Dense', 'dense', { units, activation: this.#choose(ACTIVATIONS), use_bias: this.#choose([true, false]), kernel_regularizer: this.#choose([null, { class_name: 'L1L2', config: { l1: 0, l2: 0.0625 } }]) });
    return { described, shape: [...shape.slice(0, -1), units] };
  }

  #activation(shape: readonly number[]): { described: JsonObject; shape: readonly number[] } {
    return { described: this.#layer('Activation', 'activation', { activation: this.#choose(ACTIVATIONS) }), shape };
  }

  #flatten(shape: readonly number[]): { described: JsonObject; shape: readonly number[] } {
    return { described: this.#layer('Flatten', 'flatten', {}), shape: [shape.reduce((size, dimension) => size * dimension, 1)] };
  }

  #merge(shape: readonly number[]): { described: JsonObject; shape: readonly number[] } {
    const className = this.#choose(['Add', 'Multiply', 'Average', 'Concatenate']);
    const base = className.toLowerCase();
    if (className !== 'Concatenate') return { described: this.#layer(className, base, {}), shape };
    return { described: this.#layer(className, base, { axis: -1 }), shape: [...shape.slice(0, -1), 2 * (shape.at(-1) ?? 0)] };
  }

  #nested(shape: readonly number[]): { described: JsonObject; shape: readonly number[] } {
    const first = this.#layerFor(shape);
    const second = this.#layerFor(first.shape);
    Object.assign(first.described['config'] as JsonObject, { batch_input_shape: [null, ...shape], dtype: 'float32' });
    return { described: { class_name: 'Sequential', config: { name: this.#name('sequential'), layers: [first.described, second.described] } }, shape: second.shape };
  }

  #timeDistributed(shape: readonly number[]): { described: JsonObject; shape: readonly number[] } {
    const inner = this.#dense(shape);
    return { described: this.#layer('TimeDistributed', 'time_distributed', { layer: inner.described }), shape: inner.shape };
  }

  #recurrentLayer(): { described: JsonObject; shape: readonly number[] } {
    this.#recurrent = true;
    const className = this.#choose(['LSTM', 'GRU', 'SimpleRNN']);
    return { described: this.#layer(className, className.toLowerCase(), { units: 2, activation: 'tanh', recurrent_activation: 'sigmoid' }), shape: [2] };
  }

  #bidirectional(): { described: JsonObject; shape: readonly number[] } {
    const inner = this.#recurrentLayer();
    return { described: this.#layer('Bidirectional', 'bidirectional', { merge_mode: 'concat', layer: inner.described }), shape: [4] };
  }

  #conv1d(shape: readonly number[]): { described: JsonObject; shape: readonly number[] } {
    const filters = this.#choose([1, 2]);
    return { described: this.#layer('Conv1D', 'conv1d', { filters, kernel_size: [2], strides: [1], padding: 'same', dilation_rate: [1], activation: this.#choose(ACTIVATIONS), use_bias: true }), shape: [shape[0] ?? 0, filters] };
  }

  #conv2d(shape: readonly number[]): { described: JsonObject; shape: readonly number[] } {
    const filters = this.#choose([1, 2]);
    const config = { filters, kernel_size: [2, 3], strides: [1, 1], padding: 'same', data_format: 'channels_last', dilation_rate: [1, 1], activation: this.#choose(ACTIVATIONS), use_bias: true };
    return { described: this.#layer('Conv2D', 'conv2d', config), shape: [...shape.slice(0, 2), filters] };
  }

  #pooling([rows = 0, columns = 0, channels = 0]: readonly number[]): { described: JsonObject; shape: readonly number[] } {
    const config = { pool_size: [2, 2], strides: [1, 1], padding: 'same', data_format: 'channels_last' };
    return { described: this.#layer('AveragePooling2D', 'average_pooling2d', config), shape: [rows, columns, channels] };
  }
}

function nodeOn(inputs: readonly Made[]): Json {
  return inputs.map(({ ref }): Json => [...ref, {}]);
}
