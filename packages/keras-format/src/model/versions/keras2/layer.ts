import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, quote, type Json } from '../../../json.js';
import type { LayerDescription } from '../../model-description.js';
import { expectName, expectObject } from './fields.js';
import { configRecord, parseModelObject, type TreeParse, type WrittenLayer } from './parse.js';

/**
 * A layer's object: `{class_name, config}`, in a functional model with `name` and `inbound_nodes` too.
 *
 * @param place where its name is: a functional model names its layers itself; elsewhere `config.name` does.
 */
export function parseLayer(value: Json | undefined, pointer: string, parse: TreeParse, place: 'functional' | 'elsewhere'): LayerDescription {
  const source = expectObject(value, pointer, 'a layer');
  parse.countLayer(pointer);
  const className = expectName(source, 'class_name', pointer, 'the name of a layer class');
  const given = place === 'functional' ? expectName(source, 'name', pointer, 'the name of the layer') : undefined;
  if (source['config'] === undefined) throw new FormatError('missing_field', at(pointer, 'config'), `expected the config of this ${className}, received nothing`);

  const model = parseModelObject(source, pointer, parse, given);
  if (model) {
    const name = given ?? model.name;
    return { className: model.className, name, config: configRecord(source['config']), pointer, inboundNodes: [], model: { ...model, name } };
  }
  const config = expectObject(source['config'], at(pointer, 'config'), `the config of this ${className}`);
  const name = expectName(config, 'name', at(pointer, 'config'), 'the name of the layer');
  if (given !== undefined && given !== name)
    throw new FormatError('name_mismatch', at(at(pointer, 'config'), 'name'), `expected ${quote(given)}, as in the layer's own "name", received ${quote(name)}`);
  const wrapped = parseWrapped({ className, config, pointer }, parse);
  const layer: LayerDescription = { name, pointer, inboundNodes: [], ...parse.dialect.layer({ className, name, config, pointer }) };
  return wrapped ? { ...layer, wrapped } : layer;
}

/** The layer inside TimeDistributed, Bidirectional and their like. */
function parseWrapped({ className, config, pointer }: Pick<WrittenLayer, 'className' | 'config' | 'pointer'>, parse: TreeParse): LayerDescription | undefined {
  const inner = at(at(pointer, 'config'), 'layer');
  if (isJsonObject(config['layer'])) return parseLayer(config['layer'], inner, parse, 'elsewhere');
  if (className === 'TimeDistributed' || className === 'Bidirectional') expectObject(config['layer'], inner, `the layer that ${className} wraps`);
  return undefined;
}
