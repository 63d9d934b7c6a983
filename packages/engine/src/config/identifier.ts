import { FormatError, isJsonObject } from '@trainyard/keras-format';

import { ConfigReader } from './config-reader.js';

/** Something that Keras names by a string (`"glorot_uniform"`) or by `{class_name, config}`. */
export interface Identifier {
  readonly name: string;
  readonly config: ConfigReader;
}

/** Reads such a field; `undefined` when it is null or missing and there is no `otherwise`. */
export function readIdentifier(reader: ConfigReader, name: string, otherwise?: string): Identifier | undefined {
  const value = reader.raw(name) ?? otherwise;
  if (value === undefined) return undefined;
  if (typeof value === 'string') return { name: value, config: new ConfigReader({}, reader.at(name), reader.kerasVersion) };
  if (!isJsonObject(value) || typeof value['class_name'] !== 'string')
    throw reader.refuse(name, 'a name or an object with class_name and config');
  const config = value['config'] ?? {};
  if (!isJsonObject(config)) throw reader.refuse(name, 'a name or an object with class_name and config');
  return { name: value['class_name'], config: new ConfigReader(config, `${reader.at(name)}/config`, reader.kerasVersion) };
}

/** The entry of a table of names, or the refusal that lists the table. */
export function lookUp<T>(table: ReadonlyMap<string, T>, name: string, what: string, pointer: string): T {
  const entry = table.get(name);
  if (entry === undefined)
    throw new FormatError(`unknown_${what.replaceAll(' ', '_')}`, pointer, `unknown ${what} "${name}"; expected one of ${[...table.keys()].join(', ')}`);
  return entry;
}
