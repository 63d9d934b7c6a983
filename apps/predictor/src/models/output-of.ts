import type { Model, TensorKey } from '@trainyard/engine';
import { invalidRequest } from '@trainyard/protocol';

/**
 * The tensor that a predict call's `layers` names: `conv` is what the layer's first call answers first, `conv[1]` its
 * second call, `conv[1][0]` the first output of that. Nodes are counted within the model.
 *
 * @param position of the name in the list, for the pointer of an error.
 * @throws ApiError when there is no such layer, call or output.
 */
export function outputOf(model: Model, name: string, position: number): TensorKey {
  const exact = model.nodes.find(({ layer }) => layer.name === name); // brackets may be part of a name
  if (exact) return { node: exact, tensor: 0 };
  const [, layerName = name, call = '0', output = '0'] = /^(.*?)\[(\d+)\](?:\[(\d+)\])?$/s.exec(name) ?? [];
  const calls = model.nodes.filter(({ layer }) => layer.name === layerName);
  if (calls.length === 0) throw refuse(position, `the model has no layer ${JSON.stringify(name)}; its layers are ${model.layers.map((layer) => layer.name).join(', ')}`);
  const node = calls[Number(call)];
  if (!node) throw refuse(position, `expected a call of ${JSON.stringify(layerName)} from 0 to ${calls.length - 1}, received ${call}`);
  if (Number(output) >= node.outputShapes.length) throw refuse(position, `expected an output of ${JSON.stringify(layerName)} from 0 to ${node.outputShapes.length - 1}, received ${output}`);
  return { node, tensor: Number(output) };
}

const refuse = (position: number, detail: string) => invalidRequest([{ pointer: `/layers/${position}`, code: 'invalid_value', detail }]);
