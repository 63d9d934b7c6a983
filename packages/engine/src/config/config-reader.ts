import { at, FormatError, isJsonObject, type Json, type JsonObject, quote } from '@trainyard/keras-format';

/**
 * Reads the fields of one Keras config, each by its name and type. Every refusal names the field by JSON pointer, what was
 * expected and what was received. Names are read as they are: nothing is translated.
 */
export class ConfigReader {
  constructor(
    readonly config: JsonObject,
    /** JSON pointer of `config` in the model's JSON. */
    readonly pointer: string,
    /** Version of Keras that wrote the config: some defaults depend on it. */
    readonly kerasVersion: string = '2.0.8',
    /** Fields that the JSON as received calls otherwise: messages name what the user wrote. */
    readonly sourceNames: Readonly<Record<string, string>> = {},
  ) {}

  has(name: string): boolean {
    return this.config[name] !== undefined && this.config[name] !== null;
  }

  raw(name: string): Json | undefined {
    return this.config[name];
  }

  at(name: string): string {
    return at(this.pointer, this.sourceNames[name] ?? name);
  }

  refuse(name: string, expected: string): FormatError {
    return new FormatError('invalid_config', this.at(name), `expected ${expected}, received ${quote(this.config[name])}`);
  }

  integer(name: string, { min = Number.MIN_SAFE_INTEGER, otherwise }: { min?: number; otherwise?: number } = {}): number {
    const value = this.config[name] ?? otherwise;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min)
      throw this.refuse(name, min === Number.MIN_SAFE_INTEGER ? 'an integer' : `an integer of at least ${min}`);
    return value;
  }

  number(name: string, { min = -Infinity, max = Infinity, otherwise }: { min?: number; max?: number; otherwise?: number } = {}): number {
    const value = this.config[name] ?? otherwise;
    if (typeof value !== 'number' || !(value >= min && value <= max))
      throw this.refuse(name, min === -Infinity && max === Infinity ? 'a number' : `a number from ${min} to ${max}`);
    return value;
  }

  boolean(name: string, otherwise?: boolean): boolean {
    const value = this.config[name] ?? otherwise;
    if (typeof value !== 'boolean') throw this.refuse(name, 'true or false');
    return value;
  }

  string(name: string, otherwise?: string): string {
    const value = this.config[name] ?? otherwise;
    if (typeof value !== 'string') throw this.refuse(name, 'a string');
    return value;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], otherwise?: T): T {
    const value = this.config[name] ?? otherwise;
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) throw this.refuse(name, `one of ${choices.join(', ')}`);
    return choice;
  }

  /** `count` integers, each at least `min`; Keras also takes one integer for all of them. */
  integers<N extends number>(name: string, count: N, { min = 0, otherwise }: { min?: number; otherwise?: number | readonly number[] } = {}): number[] {
    const value = this.config[name] ?? otherwise;
    const list: unknown = typeof value === 'number' ? Array.from({ length: count }, () => value) : value;
    if (!Array.isArray(list) || list.length !== count || !list.every((entry) => Number.isSafeInteger(entry) && (entry as number) >= min))
      throw this.refuse(name, `${count} integers of at least ${min}`);
    return list as number[];
  }

  /** A shape without its batch dimension, such as Reshape's `target_shape`; -1 is allowed where `allowInferred`. */
  dimensions(name: string, { allowInferred = false } = {}): number[] {
    const value = this.config[name];
    const least = allowInferred ? -1 : 1;
    if (!Array.isArray(value) || !value.every((entry) => Number.isSafeInteger(entry) && (entry as number) >= least && entry !== 0))
      throw this.refuse(name, allowInferred ? 'a list of positive integers, one of them possibly -1' : 'a list of positive integers');
    return value as number[];
  }

  /** A shape with its batch dimension (`batch_input_shape`), where `null` is unknown; `undefined` when the config has none. */
  shape(name: string): (number | null)[] | undefined {
    const value = this.config[name];
    if (value === undefined || value === null) return undefined;
    if (!Array.isArray(value) || value.length === 0 || !value.every((entry) => entry === null || (Number.isSafeInteger(entry) && (entry as number) > 0)))
      throw this.refuse(name, 'a list of positive integers and nulls');
    return value as (number | null)[];
  }

  object(name: string): ConfigReader | undefined {
    const value = this.config[name];
    if (value === undefined || value === null) return undefined;
    if (!isJsonObject(value)) throw this.refuse(name, 'an object');
    return new ConfigReader(value, this.at(name), this.kerasVersion);
  }
}
