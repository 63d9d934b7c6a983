import { type CollectionTag, type Document, isMap, isNode, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { FormatError } from '../format-error.js';
import type { Json } from '../json.js';
import type { ModelDescription } from './model-description.js';
import { numpyTags, refuseLooseNumpy } from './numpy-scalar.js';
import { rememberNumber } from './number-text.js';
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
 * Reads what `model.to_yaml()` gave: YAML's core schema, `!!python/tuple` and numbers of numpy, no other tag, few aliases.
 *
 * @throws FormatError `invalid_yaml`, and all that `parseModel` throws.
 */
export function parseModelYaml(text: string, options: ParseModelOptions = {}): ModelDescription {
  if (text.length > MAX_YAML) throw new FormatError('too_large', '', `expected at most ${MAX_YAML} characters of YAML, received ${text.length}`);
  return parseModel(readYaml(text) as object, options);
}

function readYaml(text: string): Json {
  try {
    const document = parseDocument(text, { schema: 'core', version: '1.2', customTags: [pythonTuple, ...numpyTags], merge: false });
    // An unknown tag is only a warning to the parser; here it may be one that names Python code.
    const [fault] = [...document.errors, ...document.warnings];
    if (fault) throw fault;
    refuseForeign(document);
    refuseLooseNumpy(document);
    const value = document.toJS({ maxAliasCount: 100 }) as Json;
    rememberScalars(document.contents, value);
    return value;
  } catch (error) {
    const message = error instanceof RangeError ? 'less nesting' : `YAML: ${(error as Error).message}`;
    throw new FormatError('invalid_yaml', '', `expected ${message}`, { cause: error });
  }
}

/** Keeps the texts of numbers, as is done for JSON. */
function rememberScalars(node: unknown, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const keep = (key: string | number, item: unknown): void => {
    if (isScalar(item) && typeof item.value === 'number' && item.source !== undefined) rememberNumber(value, key, item.source);
    else rememberScalars(item, (value as Record<string | number, unknown>)[key]);
  };
  if (isSeq(node)) node.items.forEach((item, index) => keep(index, item));
  else if (isMap(node)) for (const { key, value: item } of node.items) keep(String(isScalar(key) ? key.value : key), item);
}

const TAGS = new Set(['map', 'seq', 'str', 'null', 'bool', 'int', 'float', 'python/tuple'].map((name) => `tag:yaml.org,2002:${name}`).concat(numpyTags.map(({ tag }) => tag)));

/** Tags beyond those of JSON and Keras's tuples, merge keys, and keys that are no text: none of them is in what Keras writes. */
function refuseForeign(document: Document.Parsed): void {
  visit(document, (_key, node) => {
    if (isNode(node) && 'tag' in node && node.tag !== undefined && !TAGS.has(node.tag)) throw new Error(`expected no tags but those of Keras's own files, received ${node.tag}`);
  });
  visit(document, {
    Pair: (_key, { key }) => {
      if (!isScalar(key) || typeof key.value !== 'string') throw new Error('expected keys that are text, received another');
      if (key.value === '<<') throw new Error('expected no merge keys, received one');
    },
  });
}
