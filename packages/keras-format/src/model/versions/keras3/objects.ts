import { FormatError } from '../../../format-error.js';
import { at, isJsonObject, quote, type Json, type JsonObject } from '../../../json.js';
import { expectName, expectObject, missingOrWrong } from '../keras2/fields.js';
import type { FieldKind } from './classes.js';

/** Modules of Keras's own in which a kind of object may say that it is. */
const MODULES: Readonly<Record<'layer' | 'initializer' | 'regularizer' | 'constraint' | 'dtype policy', RegExp>> = {
  layer: /^keras(\.src)?(\.(layers|models|ops)(\.\w+)*)?$/,
  initializer: /^keras(\.src)?\.initializers(\.\w+)*$/,
  regularizer: /^keras(\.src)?\.regularizers(\.\w+)*$/,
  constraint: /^keras(\.src)?\.constraints(\.\w+)*$/,
  'dtype policy': /^keras(\.src)?(\.dtype_policies(\.\w+)*)?$/,
};

/** Arguments of Keras 3's initializers that Keras 2's do not have, and that change nothing where they are null. */
const INITIALIZER_EXTRAS = ['input_axes', 'output_axes'];

/**
 * A serialized object of Keras 3, `{module, class_name, config, registered_name}`: its class must be Keras's own. The
 * `.h5` files of Keras 3 leave out `module` and `registered_name` of layers.
 * @throws FormatError `foreign_class` where it would be imported from elsewhere.
 */
export function requireOwnClass(object: JsonObject, pointer: string, kind: keyof typeof MODULES): void {
  const className = expectName(object, 'class_name', pointer, 'the name of a class');
  const { module, registered_name: registered } = object;
  if (module !== undefined && module !== null && (typeof module !== 'string' || !MODULES[kind].test(module)))
    throw new FormatError('foreign_class', at(pointer, 'module'), `expected a module of Keras's own for this ${kind}, received ${quote(module)}; code from elsewhere is refused`);
  if (registered !== undefined && registered !== null && registered !== className)
    throw new FormatError('foreign_class', at(pointer, 'registered_name'), `expected null or ${quote(className)}, received ${quote(registered)}; code registered by the model's author is refused`);
}

/** A field's value in Keras 2's form. A `layer` is for the caller: see `layer.ts`. */
export function readField(value: Json, kind: Exclude<FieldKind, 'layer'>, pointer: string): Json {
  if (kind === 'plain') return readPlain(value, pointer);
  if (value === null || typeof value === 'string') return value;
  if (kind === 'activation') throw missingOrWrong(value, pointer, 'the name of an activation');
  const object = expectObject(value, pointer, `the name of a ${kind}, or a serialized one`);
  requireOwnClass(object, pointer, kind);
  const config = object['config'] === undefined || object['config'] === null ? {} : expectObject(object['config'], at(pointer, 'config'), `the config of this ${kind}`);
  const fields = Object.entries(config).filter(([name, argument]) => !(INITIALIZER_EXTRAS.includes(name) && argument === null));
  return { class_name: object['class_name'] as string, config: Object.fromEntries(fields.map(([name, argument]) => [name, readPlain(argument, at(at(pointer, 'config'), name))])) };
}

/** Numbers, texts, truth values, null, and lists of them. */
function readPlain(value: Json, pointer: string): Json {
  if (isJsonObject(value)) throw missingOrWrong(value, pointer, 'a number, a text, true, false, null or a list of them');
  if (Array.isArray(value)) value.forEach((item, index) => readPlain(item, at(pointer, index)));
  return value;
}

/**
 * The name of a dtype policy.
 * @throws FormatError `unsupported_dtype` for any that does not compute in float32.
 */
export function requireFloat32(value: Json | undefined, pointer: string): void {
  if (isJsonObject(value)) requireOwnClass(value, pointer, 'dtype policy');
  const name = isJsonObject(value) && value['class_name'] === 'DTypePolicy' && isJsonObject(value['config']) ? (value['config']['name'] ?? value['config']) : value;
  if (name === undefined || name === null || name === 'float32') return;
  throw new FormatError('unsupported_dtype', pointer, `expected the dtype policy "float32", received ${quote(name)}; mixed precision and quantization are not supported`);
}
