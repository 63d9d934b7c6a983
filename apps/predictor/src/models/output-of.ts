import { inboundNodes, type Model, type TensorKey } from '@trainyard/engine';
import { invalidRequest } from '@trainyard/protocol';

/**
 * The tensor that a predict call's `layers` names: `conv` is what the layer's first call answers first, `conv[1]` its
 * second call, `conv[1][0]` the first output of that, counted as Keras's summary counts them.
 *
 * @param position of the name in the list, for the pointer of an error.
 * @throws ApiError when there is no such layer, call or output.
 */
export function outputOf(model: Model, name: string, position: number): TensorKey {
  const exact = model.nodes.find(({ layer }) => layer.name === name); // brackets may be part of a name
  if (exact) return { node: exact, tensor: 0 };
  const [, layerName = name, call = '0', output = '0'] = /^(.*?)\[(\d+)\](?:\[(\d+)\])?$/s.exec(name) ?? [];
  const layer = model.layers.find((candidate) => candidate.name === layerName) ?? model.nodes.find((node) => node.layer.name === layerName)?.layer;
  if (!layer) throw refuse(position, `the model has no layer ${JSON.stringify(name)}; its layers are ${model.layers.map((known) => known.name).join(', ')}`);
  const calls = inboundNodes(model, layer);
  // A nested model's own graph, its node 0, is computed within its calls.
  const first = calls.length - model.nodes.filter((node) => node.layer === layer).length;
  const found = Number(call) < first ? undefined : calls[Number(call)];
  if (!found) throw refuse(position, `expected a call of ${JSON.stringify(layerName)} from ${first} to ${calls.length - 1}, received ${call}`);
  const key = found.outputs[Number(output)];
  if (!key) throw refuse(position, `expected an output of ${JSON.stringify(layerName)} from 0 to ${found.outputs.length - 1}, received ${output}`);
  return key;
}

const refuse = (position: number, detail: string) => invalidRequest([{ pointer: `/layers/${position}`, code: 'invalid_value', detail }]);
