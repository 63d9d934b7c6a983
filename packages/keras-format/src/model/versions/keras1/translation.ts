import { FormatError } from '../../../format-error.js';
import { at, quote, type Json, type JsonObject } from '../../../json.js';
import type { WrittenLayer } from '../keras2/parse.js';
import { constraintOf } from './constraints.js';
import { initializerOf } from './initializers.js';
import { regularizerOf } from './regularizers.js';

export type DataFormat = 'channels_first' | 'channels_last';

/** Where a config's value is, for messages. */
export interface Place {
  readonly pointer: string;
  readonly value: Json;
}

/** One layer of Keras 1 on its way into Keras 2's words: each field is read by name, by the function of its class. */
export class Translation {
  readonly config: JsonObject = {};
  readonly sourceNames: Record<string, string> = {};
  readonly name: string;
  readonly #source: JsonObject;
  readonly #pointer: string;

  /** @param dataFormat of the layers whose config Keras 1 does not write it into. */
  constructor(
    layer: WrittenLayer,
    private readonly dataFormat: DataFormat,
  ) {
    this.name = layer.name;
    this.#source = layer.config;
    this.#pointer = at(layer.pointer, 'config');
    this.same('name', 'trainable', 'batch_input_shape');
    this.rename('input_dtype', 'dtype');
  }

  /** JSON pointer of a field of the source. */
  at(field: string): string {
    return at(this.#pointer, field);
  }

  get(field: string): Json | undefined {
    return this.#source[field];
  }

  refuse(field: string, expected: string): FormatError {
    return new FormatError('invalid_config', this.at(field), `expected ${expected}, received ${quote(this.get(field))}`);
  }

  set(field: string, value: Json, from?: string): this {
    this.config[field] = value;
    if (from !== undefined && from !== field) this.sourceNames[field] = from;
    return this;
  }

  /** Fields that mean the same in Keras 2. */
  same(...fields: string[]): this {
    for (const field of fields) this.rename(field, field);
    return this;
  }

  /** A field that Keras 2 has under another name; nothing where the source lacks it. */
  rename(from: string, to: string, read: (place: Place) => Json = ({ value }) => value): this {
    const value = this.get(from);
    return value === undefined ? this : this.set(to, read({ value, pointer: this.at(from) }), from);
  }

  /** Several numbers of the source as one list: `nb_row`, `nb_col` → `kernel_size`. */
  gather(from: readonly string[], to: string): this {
    const values = from.map((field) => this.get(field));
    const missing = from.find((_, i) => !Number.isSafeInteger(values[i]));
    if (missing !== undefined) throw this.refuse(missing, 'an integer');
    return this.set(to, values as number[], from[0]);
  }

  initializer(from: string, to: string): this {
    return this.rename(from, to, ({ value }) => initializerOf(value));
  }

  regularizer(from: string, to: string): this {
    return this.rename(from, to, regularizerOf);
  }

  /** @param axis where each axis of Keras 1's weight is in Keras 2's, where they differ. */
  constraint(from: string, to: string, axis?: readonly number[]): this {
    return this.rename(from, to, (place) => constraintOf(place, axis));
  }

  /** `dim_ordering`; Keras 1 leaves it out of the config of UpSampling, ZeroPadding, Cropping and SpatialDropout. */
  readDataFormat(): DataFormat {
    const value = this.get('dim_ordering') ?? 'default';
    if (value !== 'tf' && value !== 'th' && value !== 'default') throw this.refuse('dim_ordering', '"tf" or "th"');
    const format = value === 'default' ? this.dataFormat : value === 'tf' ? 'channels_last' : 'channels_first';
    this.set('data_format', format, 'dim_ordering');
    return format;
  }

  /** The shape that `input_dim` (and `input_length`) say, where there is no `batch_input_shape`. */
  inputDim(rank: 2 | 3): this {
    const dimension = this.get('input_dim');
    if (this.config['batch_input_shape'] !== undefined || dimension === undefined || dimension === null) return this;
    const shape = rank === 2 ? [null, dimension] : [null, this.get('input_length') ?? null, dimension];
    return this.set('batch_input_shape', shape, 'input_dim');
  }
}

/** Reads one class: fills the translation and answers with Keras 2's name of the class. */
export type LayerReader = (layer: Translation) => string;
