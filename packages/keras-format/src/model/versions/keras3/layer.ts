import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, quote, type Json, type JsonObject } from '../../../json.js';
import type { LayerDescription } from '../../model-description.js';
import { expectName, expectObject } from '../keras2/fields.js';
import type { Parse } from '../keras2/parse.js';
import { sharedClasses, type ClassFields } from './classes.js';
import { readField, requireFloat32, requireOwnClass } from './objects.js';
import { parseModelObject } from './parse.js';

/**
 * A layer's object: `{module, class_name, config, registered_name}`, in a functional model with `name` and `inbound_nodes`.
 * Its description has Keras 2's names.
 *
 * @param place where its name is: a functional model names its layers itself; elsewhere `config.name` does.
 */
export function parseLayer(value: Json | undefined, pointer: string, parse: Parse, place: 'functional' | 'elsewhere'): LayerDescription {
  const source = expectObject(value, pointer, 'a layer');
  parse.countLayer(pointer);
  requireOwnClass(source, pointer, 'layer');
  const className = expectName(source, 'class_name', pointer, 'the name of a layer class');
  refuseOperation(source['module'], className, pointer);
  const given = place === 'functional' ? expectName(source, 'name', pointer, 'the name of the layer') : undefined;
  const configPointer = at(pointer, 'config');
  const config = expectObject(source['config'], configPointer, `the config of this ${className}`);
  const model = parseModelObject(source, pointer, parse);
  const name = model?.name ?? expectName(config, 'name', configPointer, 'the name of the layer');
  if (given !== undefined && given !== name)
    throw new FormatError('name_mismatch', at(configPointer, 'name'), `expected ${quote(given)}, as in the layer's own "name", received ${quote(name)}`);
  if (model) return { className: model.className, name, config: { name, trainable: config['trainable'] ?? true }, pointer, inboundNodes: [], model };

  if (className !== 'InputLayer') requireFloat32(config['dtype'], at(configPointer, 'dtype'));
  const fields = sharedClasses.get(className);
  // A layer that only Keras 3 has is the engine's to refuse: it lists those that there are.
  if (!fields) return { className, name, config, pointer, inboundNodes: [] };
  const layer: LayerDescription = { className, name, config: readConfig(config, fields, configPointer, className), pointer, inboundNodes: [], ...namesOf(fields) };
  return fields.fields['layer'] ? { ...layer, ...parseWrapped(className, config, configPointer, parse) } : layer;
}

/** Operations on tensors (`x + y`) stand among the layers of a functional model. */
function refuseOperation(module: Json | undefined, className: string, pointer: string): void {
  if (typeof module === 'string' && /^keras(\.src)?\.ops\b/.test(module))
    throw new FormatError('unsupported_operation', at(pointer, 'class_name'), `expected a layer, received the operation ${quote(className)} on tensors; use a layer of Keras (Add, Multiply, Rescaling, Reshape, …) in its place`);
}

function readConfig(config: JsonObject, { fields, renamed, ignored, defaults }: ClassFields, pointer: string, className: string): JsonObject {
  const known = new Map(Object.entries(fields).map(([name, kind]) => [renamed[name] ?? name, { name, kind }]));
  const result: JsonObject = { name: config['name'] ?? null, dtype: className === 'InputLayer' ? inputDType(config['dtype'], pointer) : 'float32' };
  for (const [name, value] of Object.entries(config)) {
    const field = known.get(name);
    if (field) {
      if (field.kind !== 'layer') result[field.name] = readField(value, field.kind, at(pointer, name));
      continue;
    }
    // Keras 3's next version may have one more switch; where it is off it changes nothing.
    const off = value === null || value === false;
    if (name === 'name' || name === 'dtype' || ignored.includes(name) || off) continue;
    throw new FormatError('unsupported_argument', at(pointer, name), `expected null or false for "${name}" of ${className}, received ${quote(value)}`);
  }
  return { ...defaults.keras3, ...result };
}

/** An InputLayer's dtype is the data's own, not a policy. */
function inputDType(value: Json | undefined, pointer: string): string {
  if (value === undefined || value === null) return 'float32';
  if (typeof value === 'string') return value;
  requireFloat32(value, at(pointer, 'dtype'));
  return 'float32';
}

function namesOf({ renamed }: ClassFields): Pick<LayerDescription, 'sourceNames'> {
  return Object.keys(renamed).length > 0 ? { sourceNames: renamed } : {};
}

/** The layer inside TimeDistributed and Bidirectional, by the name that it had before Bidirectional named its directions. */
function parseWrapped(className: string, config: JsonObject, pointer: string, parse: Parse): Pick<LayerDescription, 'wrapped'> {
  const wrapped = parseLayer(config['layer'], at(pointer, 'layer'), parse, 'elsewhere');
  if (className !== 'Bidirectional') return { wrapped };
  const name = wrapped.name.replace(/^forward_/, '');
  if (isJsonObject(config['backward_layer'])) requireMirrored(wrapped, parseLayer(config['backward_layer'], at(pointer, 'backward_layer'), parse, 'elsewhere'));
  return { wrapped: { ...wrapped, name, config: { ...wrapped.config, name } } };
}

/** Keras writes the backward layer out even where it is made of the forward one: the two may differ in direction and name only. */
function requireMirrored(forward: LayerDescription, backward: LayerDescription): void {
  const { go_backwards: there, name: _there, ...one } = forward.config;
  const { go_backwards: back, name: _back, ...other } = backward.config;
  if (forward.className !== backward.className || (there ?? false) === (back ?? false) || JSON.stringify(one) !== JSON.stringify(other))
    throw new FormatError('unsupported_argument', backward.pointer, 'expected the backward layer to be the forward one going the other way, received another layer');
}
