import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, quote, type Json, type JsonObject } from '../../../json.js';
import type { LayerDescription } from '../../model-description.js';
import { type ClassFields, type FieldKind, sharedClasses } from './classes.js';
import { gatesOf } from './hard-sigmoid.js';

/** Layers of Keras 2 that Keras 3 does not have, and what to do about it. */
const GONE: ReadonlyMap<string, string> = new Map([
  ['LocallyConnected1D', 'Keras 3 has no locally connected layers'],
  ['LocallyConnected2D', 'Keras 3 has no locally connected layers'],
]);

/** Fields of Keras 2 and tf-keras that say nothing Keras 3 would have to know, or that are elsewhere there. */
const DROPPED = new Set(['name', 'dtype', 'batch_input_shape', 'input_dtype', 'input_length', 'implementation', 'layer', 'build_config', 'autocast', 'sparse', 'ragged', 'optional']);

/** A depthwise kernel's layers inherit these from Conv in tf-keras, and do not use them. */
const UNUSED_BY_DEPTHWISE = ['kernel_initializer', 'kernel_regularizer', 'kernel_constraint'];

/** A layer's class and config (its name and the layer inside it aside) in Keras 3. */
export function writeConfig(layer: LayerDescription): { className: string; config: JsonObject } {
  const { className, config, pointer } = layer;
  const gone = GONE.get(className);
  if (gone !== undefined) throw refuse(at(pointer, 'class_name'), `${gone}: "${layer.name}" cannot be written for it`);
  gatesOf(layer); // refuses a hard_sigmoid that no weights can make up for
  if (className === 'ThresholdedReLU') return { className: 'ReLU', config: { trainable: true, dtype: 'float32', threshold: config['theta'] ?? 1 } };
  const fields = sharedClasses.get(className);
  if (!fields) throw refuse(at(pointer, 'class_name'), `Keras 3 has no layer ${quote(className)}`);
  return { className, config: { trainable: true, dtype: className === 'InputLayer' ? (config['dtype'] ?? 'float32') : 'float32', ...writeFields(layer, fields) } };
}

function writeFields({ className, config, pointer, sourceNames }: LayerDescription, { fields, renamed, defaults }: ClassFields): JsonObject {
  const result: JsonObject = {};
  for (const [name, value] of Object.entries({ ...defaults.keras2, ...config })) {
    const kind = fields[name];
    const place = at(at(pointer, 'config'), sourceNames?.[name] ?? name);
    if (kind && kind !== 'layer' && !(name === 'activity_regularizer' && value === null)) result[renamed[name] ?? name] = writeField(name, value, kind, place);
    else if (!kind && !isDroppable(className, name, value)) throw refuse(place, `Keras 3 has no argument "${name}" of ${className}, received ${quote(value)}`);
  }
  return result;
}

function isDroppable(className: string, name: string, value: Json): boolean {
  if (DROPPED.has(name) || value === null || value === false) return true;
  if (name === 'groups') return value === 1;
  return /^(Depthwise|Separable)Conv/.test(className) && UNUSED_BY_DEPTHWISE.includes(name);
}

function writeField(name: string, value: Json, kind: Exclude<FieldKind, 'layer'>, place: string): Json {
  // tf-keras's BatchNormalization keeps a list of one axis.
  if (name === 'axis' && Array.isArray(value) && value.length === 1) return value[0] ?? null;
  if (kind === 'plain' || kind === 'activation' || !isJsonObject(value)) return value;
  const { class_name: className, config } = value;
  if (typeof className !== 'string') throw refuse(place, `expected a serialized ${kind}, received ${quote(value)}`);
  const own = isJsonObject(config) ? config : {};
  // Keras 2's "normal" is truncated, and Keras 3 says so.
  const distribution: JsonObject = own['distribution'] === 'normal' ? { distribution: 'truncated_normal' } : {};
  return { module: `keras.${kind}s`, class_name: className, config: { ...own, ...distribution }, registered_name: null };
}

function refuse(pointer: string, problem: string): FormatError {
  return new FormatError('not_in_keras3', pointer, problem);
}
