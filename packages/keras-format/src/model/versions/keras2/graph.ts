import { FormatError } from '../../../format-error.js';
import { at, quote } from '../../../json.js';
import type { LayerDescription, ModelDescription, TensorRef } from '../../model-description.js';

/** @throws FormatError `duplicate_layer` at the second layer of a name. */
export function checkNames(layers: readonly LayerDescription[]): void {
  const seen = new Map<string, LayerDescription>();
  for (const layer of layers) {
    const first = seen.get(layer.name);
    if (first)
      throw new FormatError('duplicate_layer', layer.pointer, `expected a name that no other layer of the model has, received ${quote(layer.name)}, the name of ${first.pointer} too`);
    seen.set(layer.name, layer);
  }
}

/** Checks that a functional model's references name what exists, that its inputs are inputs, and that no call waits for itself. */
export function checkGraph(model: ModelDescription): void {
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const config = at(model.pointer, 'config');
  for (const layer of model.layers) {
    checkCalls(layer);
    layer.inboundNodes.forEach((node, index) =>
      node.inputs.forEach((ref, place) => checkRef(ref, layers, () => at(at(at(layer.pointer, 'inbound_nodes'), index), place))),
    );
  }
  model.inputs.forEach((ref, index) => {
    const pointer = at(at(config, 'input_layers'), index);
    checkRef(ref, layers, () => pointer);
    if (layers.get(ref.layer)?.className !== 'InputLayer')
      throw new FormatError('not_an_input', at(pointer, 0), `expected the name of an InputLayer, received ${quote(ref.layer)}, a ${layers.get(ref.layer)?.className}`);
  });
  model.outputs.forEach((ref, index) => checkRef(ref, layers, () => at(at(config, 'output_layers'), index)));
  checkCycles(model.layers);
}

function checkCalls({ className, inboundNodes, pointer }: LayerDescription): void {
  const isInput = className === 'InputLayer';
  if (isInput && inboundNodes.length > 0)
    throw new FormatError('input_with_inbound', at(pointer, 'inbound_nodes'), `expected [] for an InputLayer, received ${inboundNodes.length} nodes`);
  if (!isInput && inboundNodes.length === 0)
    throw new FormatError('unconnected_layer', at(pointer, 'inbound_nodes'), `expected at least one call of this ${className}, received none`);
}

/** @param pointer of the list [layer, node, tensor]. */
export function checkRef({ layer: name, node, tensor }: TensorRef, layers: ReadonlyMap<string, LayerDescription>, pointer: () => string): void {
  const layer = layers.get(name);
  if (!layer) throw new FormatError('missing_layer', at(pointer(), 0), `expected the name of a layer of this model, received ${quote(name)}`);
  const nodes = layer.className === 'InputLayer' ? 1 : layer.inboundNodes.length;
  const first = layer.model ? 1 : 0; // the numbers of the JSON: see TensorRef.node
  if (node < 0 || node >= nodes)
    throw new FormatError('missing_node', at(pointer(), 1), `expected a node of ${quote(name)} from ${first} to ${first + nodes - 1}, received ${node + first}`);
  const tensors = outputsOf(layer);
  if (tensor >= tensors) throw new FormatError('missing_tensor', at(pointer(), 2), `expected a tensor index below ${tensors}, received ${tensor}: ${quote(name)} has no more outputs`);
}

/** How many tensors a call of a layer gives; without bound where only the layer's class knows (a recurrent layer that returns its states). */
function outputsOf({ className, config, model, wrapped }: LayerDescription): number {
  if (model) return model.className === 'Model' ? model.outputs.length : 1;
  if (className === 'Bidirectional' && config['merge_mode'] === null && wrapped?.config['return_state'] !== true) return 2;
  return config['return_state'] === true || wrapped?.config['return_state'] === true ? Infinity : 1;
}

/** Repeatedly takes away the calls whose inputs are all there; what remains waits for itself. */
function checkCycles(layers: readonly LayerDescription[]): void {
  const waits = new Map<string, number>();
  const followers = new Map<string, string[]>();
  const places = new Map<string, { layer: LayerDescription; node: number }>();
  const ready: string[] = [];
  for (const layer of layers) {
    if (layer.className === 'InputLayer') ready.push(key(layer.name, 0));
    layer.inboundNodes.forEach(({ inputs }, node) => {
      const id = key(layer.name, node);
      places.set(id, { layer, node });
      waits.set(id, inputs.length);
      for (const input of inputs) {
        const from = key(input.layer, input.node);
        const list = followers.get(from);
        if (list) list.push(id);
        else followers.set(from, [id]);
      }
    });
  }
  for (let id = ready.pop(); id !== undefined; id = ready.pop())
    for (const follower of followers.get(id) ?? []) {
      const left = (waits.get(follower) ?? 0) - 1;
      waits.set(follower, left);
      if (left === 0) {
        ready.push(follower);
        places.delete(follower);
      }
    }
  const [stuck] = places.values();
  if (stuck) throw cycleAt(stuck, places);
}

/** Walks back from a call that never becomes ready until it meets itself. */
function cycleAt(start: { layer: LayerDescription; node: number }, places: ReadonlyMap<string, { layer: LayerDescription; node: number }>): FormatError {
  const path: { layer: LayerDescription; node: number }[] = [];
  let current = start;
  while (!path.includes(current)) {
    path.push(current);
    const inputs = current.layer.inboundNodes[current.node]?.inputs ?? [];
    const previous = inputs.map((input) => places.get(key(input.layer, input.node))).find((place) => place !== undefined);
    if (!previous) break;
    current = previous;
  }
  const cycle = path.slice(path.indexOf(current)).map(({ layer }) => layer.name);
  const shown = [...cycle.slice(0, 10), ...(cycle.length > 10 ? ['…'] : []), cycle[0]].join(' ← ');
  return new FormatError('cycle', at(at(current.layer.pointer, 'inbound_nodes'), current.node), `expected a graph without cycles, received ${shown}`);
}

function key(layer: string, node: number): string {
  return `${node} ${layer}`;
}
