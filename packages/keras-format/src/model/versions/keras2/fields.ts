import { FormatError } from '../../../format-error.js';
import { at, isInheritedName, isJsonObject, quote, type Json, type JsonObject } from '../../../json.js';

/** Field access that names the place of whatever is missing or of another type. */

export function expectObject(value: Json | undefined, pointer: string, what: string): JsonObject {
  if (!isJsonObject(value)) throw missingOrWrong(value, pointer, `${what}, an object`);
  return value;
}

export function expectList(value: Json | undefined, pointer: string, what: string): Json[] {
  if (!Array.isArray(value)) throw missingOrWrong(value, pointer, `${what}, a list`);
  return value;
}

/** A class name, or the name of a model or layer: text of 1 to 1,024 characters. */
export function expectName(object: JsonObject, key: string, pointer: string, what: string): string {
  const value = object[key];
  if (typeof value !== 'string' || value === '' || value.length > 1024) throw missingOrWrong(value, at(pointer, key), `${what}, a text of 1 to 1,024 characters`);
  // Control characters: a NUL ends a name in an .h5 file.
  // eslint-disable-next-line no-control-regex
  if (isInheritedName(value) || /[\u0000-\u001f\u007f]/.test(value))
    throw new FormatError('bad_name', at(pointer, key), `expected ${what}, of printable characters and not one that every JavaScript object has, received ${quote(value)}`);
  return value;
}

export function missingOrWrong(value: Json | undefined, pointer: string, what: string): FormatError {
  return new FormatError(value === undefined ? 'missing_field' : 'wrong_type', pointer, `expected ${what}, received ${quote(value)}`);
}
