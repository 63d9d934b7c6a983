import { parseDocument, type CollectionTag } from 'yaml';
import { FormatError } from '../format-error.js';
import type { Json } from '../json.js';
import type { ModelDescription } from './model-description.js';
import { parseModel, type ParseModelOptions } from './parse-model.js';

/** YAML text beyond which it is refused, in UTF-16 code units: the parser is about a hundred times slower than JSON's. */
const MAX_YAML = 8 * 1024 * 1024;

/** PyYAML writes the tuples of Keras 2.0 (`batch_input_shape`, `kernel_size`) so; a list means the same. */
const pythonTuple: CollectionTag = {
  tag: 'tag:yaml.org,2002:python/tuple',
  collection: 'seq',
  resolve: (sequence) => sequence,
};

/**
 * Reads what `model.to_yaml()` gave: YAML's core schema and `!!python/tuple`, no other tag, few aliases.
 *
 * @throws FormatError `invalid_yaml`, and all that `parseModel` throws.
 */
export function parseModelYaml(text: string, options: ParseModelOptions = {}): ModelDescription {
  if (text.length > MAX_YAML) throw new FormatError('too_large', '', `expected at most ${MAX_YAML} characters of YAML, received ${text.length}`);
  return parseModel(readYaml(text) as object, options);
}

function readYaml(text: string): Json {
  try {
    const document = parseDocument(text, { schema: 'core', version: '1.2', customTags: [pythonTuple], merge: false });
    // An unknown tag is only a warning to the parser; here it may be one that names Python code.
    const [fault] = [...document.errors, ...document.warnings];
    if (fault) throw fault;
    return document.toJS({ maxAliasCount: 100 }) as Json;
  } catch (error) {
    const message = error instanceof RangeError ? 'less nesting' : `YAML: ${(error as Error).message}`;
    throw new FormatError('invalid_yaml', '', `expected ${message}`, { cause: error });
  }
}
