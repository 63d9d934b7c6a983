import { FormatError } from '../../../format-error.js';
import { quote, type JsonObject } from '../../../json.js';
import type { ModelDescription } from '../../model-description.js';
import { expectName } from '../keras2/fields.js';
import { createParse, type Parse } from '../keras2/parse.js';
import { parseFunctional } from './functional.js';
import { requireOwnClass } from './objects.js';
import { parseSequential } from './sequential.js';

/** Reads a model that Keras 3 wrote: `model.to_json()`, `config.json` of a `.keras`, `model_config` of its `.h5`. */
export function parseKeras3(source: JsonObject, kerasVersion: string): ModelDescription {
  requireOwnClass(source, '', 'layer');
  const model = parseModelObject(source, '', createParse(kerasVersion));
  if (model) return model;
  throw new FormatError('unknown_class', '/class_name', `expected "Sequential" or "Functional", received ${quote(source['class_name'])}; a subclass of Model is Python code, which is not in its JSON`);
}

/** A model's object at any depth; undefined where its class is that of a layer. */
export function parseModelObject(source: JsonObject, pointer: string, parse: Parse): ModelDescription | undefined {
  const className = expectName(source, 'class_name', pointer, 'the name of a class');
  if (className === 'Sequential') return parseSequential(source, pointer, parse);
  if (className === 'Functional' || className === 'Model') return parseFunctional(source, pointer, parse);
  return undefined;
}
