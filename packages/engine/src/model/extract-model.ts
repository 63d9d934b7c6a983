import type { InboundNode, LayerDescription, ModelDescription, TensorRef } from '@trainyard/keras-format';

import { InputLayer } from '../layers/input-layer.js';
import { buildModel } from './build-model.js';
import { nodeDepths } from './depth.js';
import { getLayer } from './get-layer.js';
import { inboundNodes, layerOutput } from './inbound-nodes.js';
import type { Model } from './model.js';
import type { Node, TensorKey } from './node.js';

export interface ExtractOptions {
  readonly name?: string;
  /** Names of the input layers, in the order in which the new model takes them; all that the outputs need unless given. */
  readonly inputs?: readonly string[];
}

/**
 * Keras's `Model(inputs=…, outputs=model.get_layer(name).output)`: the part of a model that computes some of its tensors.
 * Its layers have the names and weights of the whole's, so values can be copied by variable name (`ModelProgram.copyFrom`).
 * @param outputs layers with one call and one output, by name, or tensors of the model's graph.
 * @throws RangeError in Keras's words where a layer is not found or has several calls; where an input is missing.
 */
export function extractModel(model: Model, outputs: readonly (string | TensorKey)[], { name = `${model.name}_part`, inputs }: ExtractOptions = {}): Model {
  const keys = outputs.map((output) => (typeof output === 'string' ? onlyOutput(model, output) : output));
  const depths = nodeDepths(keys);
  const entries = new Map([...depths.keys()].filter(({ layer }) => layer instanceof InputLayer).map((node) => [node.layer.name, node]));
  for (const [missing] of entries)
    if (inputs && !inputs.includes(missing)) throw new RangeError(`Graph disconnected: expected "${missing}" among the inputs, received ${inputs.join(', ')}`);
  const taken = inputs ?? model.inputs.map((input) => input.name).filter((input) => entries.has(input));
  for (const input of taken) if (!entries.has(input)) throw new RangeError(`expected inputs that the outputs need (${[...entries.keys()].join(', ')}), received "${input}"`);
  return buildModel(describe(model, { name, keys, depths, inputs: taken.map((input) => entries.get(input) as Node) }));
}

function onlyOutput(model: Model, name: string): TensorKey {
  const layer = getLayer(model, name);
  layerOutput(model, layer); // refuses a layer of several calls
  const [key, ...others] = inboundNodes(model, layer)[0]?.outputs ?? [];
  if (!key || others.length > 0) throw new RangeError(`expected one output of layer "${name}", found ${others.length + 1}; give its tensors`);
  return key;
}

interface Part {
  readonly name: string;
  readonly keys: readonly TensorKey[];
  readonly depths: ReadonlyMap<Node, number>;
  readonly inputs: readonly Node[];
}

/** The part's description: the layers that it needs, the farthest from the outputs first, with the calls that it needs. */
function describe({ description, layers }: Model, { name, keys, depths, inputs }: Part): ModelDescription {
  const described = new Map(description.layers.map((layer) => [layer.name, layer]));
  const calls = new Map<string, Node[]>();
  for (const node of [...depths.keys()].sort((a, b) => a.index - b.index)) calls.set(node.layer.name, [...(calls.get(node.layer.name) ?? []), node]);
  const ref = ({ node, tensor }: TensorKey): TensorRef => ({ layer: node.layer.name, node: calls.get(node.layer.name)?.indexOf(node) ?? 0, tensor });
  const depthOf = (layer: string): number => Math.max(...(calls.get(layer) ?? []).map((node) => depths.get(node) ?? 0));
  const place = new Map(layers.map((layer, i) => [layer.name, i]));
  const names = [...calls.keys()].sort((a, b) => depthOf(b) - depthOf(a) || (place.get(a) ?? -1) - (place.get(b) ?? -1));
  return {
    className: 'Model',
    name,
    kerasVersion: description.kerasVersion,
    layers: names.map((layer): LayerDescription => {
      const nodes = calls.get(layer) ?? [];
      const inboundNodes = nodes.filter((node) => node.inputs.length > 0).map((node): InboundNode => ({ inputs: node.inputs.map(ref), kwargs: { ...node.args } }));
      return { ...(described.get(layer) ?? describeInput(nodes[0]?.layer as InputLayer)), inboundNodes };
    }),
    inputs: inputs.map((node) => ref({ node, tensor: 0 })),
    outputs: keys.map(ref),
    pointer: description.pointer,
    source: null,
  };
}

/** The input layer that Keras makes for a Sequential. */
function describeInput({ name, shape, dtype, pointer }: InputLayer): LayerDescription {
  return { className: 'InputLayer', name, config: { batch_input_shape: [...shape], dtype, sparse: false, name }, pointer: pointer.replace(/\/config$/, ''), inboundNodes: [] };
}
