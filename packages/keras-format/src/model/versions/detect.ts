import { FormatError } from '../../format-error.js';
import { quote, type JsonObject } from '../../json.js';

/**
 * The version of Keras that wrote a model's JSON.
 * Keras 1 and 2 say it in `keras_version`; Keras 3 says nothing there, but its objects carry `module`, which no
 * model of Keras 1 or 2 has at its top.
 */
export function detectVersion(source: JsonObject, fallback = '2.0.0'): string {
  const version = source['keras_version'];
  if (version === undefined) return 'module' in source && 'registered_name' in source && !fallback.startsWith('3') ? '3' : fallback;
  if (typeof version !== 'string' || !/^\d{1,4}(\.\d{1,6}){0,3}[\w.+-]{0,20}$/.test(version))
    throw new FormatError('wrong_type', '/keras_version', `expected a version such as "2.0.8", received ${quote(version)}`);
  return version;
}
