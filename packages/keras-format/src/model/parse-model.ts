import { FormatError } from '../format-error.js';
import { isJsonObject, quote, type Json, type JsonObject } from '../json.js';
import { checkCallCount } from './count-calls.js';
import { findDuplicateKey } from './duplicate-keys.js';
import { inspectJson } from './inspect.js';
import type { ModelDescription } from './model-description.js';
import { rememberNumbers } from './number-text.js';
import { detectVersion } from './versions/detect.js';
import { parseKeras1 } from './versions/keras1/parse.js';
import { parseKeras2 } from './versions/keras2/keras2.js';
import { parseKeras3 } from './versions/keras3/parse.js';

/** Length of JSON or YAML text beyond which it is refused, in UTF-16 code units. A 20,000-layer model stays below it. */
export const MAX_TEXT = 64 * 1024 * 1024;

export interface ParseModelOptions {
  /**
   * The version that wrote the JSON, where the JSON itself does not say: an .h5 file keeps it beside its
   * `model_config`. Default: `2.0.0`.
   */
  kerasVersion?: string;
}

/**
 * Reads a model's architecture: what `model.to_json()` gave, as text or parsed.
 *
 * @throws FormatError with a JSON pointer to the fault; its `code` says which kind.
 */
export function parseModel(json: string | object, options: ParseModelOptions = {}): ModelDescription {
  const source = typeof json === 'string' ? parseText(json) : (json as Json);
  inspectJson(source);
  if (typeof json === 'string') rememberNumbers(json, source);
  if (!isJsonObject(source))
    throw new FormatError('wrong_type', '', `expected an object with class_name and config (what model.to_json() gives), received ${quote(source)}`);
  const description = parseVersion(source, detectVersion(source, options.kerasVersion));
  checkCallCount(description);
  return description;
}

function parseVersion(source: JsonObject, kerasVersion: string): ModelDescription {
  const major = kerasVersion.split('.')[0];
  if (major === '1') return parseKeras1(source, kerasVersion);
  if (major === '2') return parseKeras2(source, kerasVersion);
  if (major === '3') return parseKeras3(source, kerasVersion);
  throw new FormatError(
    'unsupported_version',
    'keras_version' in source ? '/keras_version' : '',
    `expected a model of Keras 1, 2 or 3, received one of Keras ${kerasVersion}; write it with model.to_json() of Keras 2 (the package tf-keras has it too) or 3`,
  );
}

function parseText(text: string): Json {
  if (text.length > MAX_TEXT) throw new FormatError('too_large', '', `expected at most ${MAX_TEXT} characters of JSON, received ${text.length}`);
  const value = parseJson(text);
  const twice = findDuplicateKey(text);
  if (twice) throw new FormatError('duplicate_key', '', `expected each key once in an object, received ${quote(twice.key)} again at position ${twice.position}`);
  return value;
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new FormatError('invalid_json', '', `expected JSON: ${(error as Error).message}`, { cause: error });
  }
}
