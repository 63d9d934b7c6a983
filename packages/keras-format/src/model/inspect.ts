import { FormatError } from '../format-error.js';
import { at, isInheritedName, quote, type Json } from '../json.js';

/** Nesting of arrays and objects beyond which JSON is refused; genuine models of models stay below 40. */
export const MAX_DEPTH = 100;

/** Fields whose value `lambda` says that a neighbouring field holds marshalled Python bytecode (Lambda, Keras 1's Merge). */
const CODE_KINDS = new Set(['function_type', 'mode_type', 'output_shape_type', 'mask_type', 'output_mask_type']);
const CODE_CLASSES = new Set(['Lambda', '__lambda__']);

/**
 * Walks all of a JSON once, before anything else looks at it.
 * @param place where it stands, where that is not a model's own text: pointers begin with it.
 * @throws FormatError `too_deep`; `code_refused` where it names Python code to be run; `bad_name` for a key that every JavaScript
 * object has; `not_finite` for a number beyond double precision.
 */
export function inspectJson(value: Json, place = ''): void {
  inspect(value, place === '' ? [] : [new Place(place)]);
}

/** The head of a path, which is a pointer already. */
class Place {
  constructor(readonly pointer: string) {}
}
type Path = (string | number | Place)[];

/** @param path where `value` is; a pointer is made of it only for an error (10 MB of numbers: 0.2 s instead of 2 s). */
function inspect(value: Json, path: Path): void {
  if (typeof value !== 'object' || value === null) return;
  if (path.length > MAX_DEPTH) throw new FormatError('too_deep', pointerOf(path.slice(0, 20)), `expected at most ${MAX_DEPTH} levels of nesting, received more`);
  if (Array.isArray(value)) {
    value.forEach((item, index) => descend(item, index, path));
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if (isInheritedName(key)) throw new FormatError('bad_name', pointerOf(path), `expected names of Keras's, received ${quote(key)}, which every JavaScript object has`);
    if (key === 'class_name' && typeof item === 'string' && CODE_CLASSES.has(item)) refuseCode(pointerOf(path), item);
    if (key === 'class_name' && item === 'function') refuseFunction(pointerOf(path), value['config']);
    if (CODE_KINDS.has(key) && item === 'lambda') refuseCode(pointerOf(path), `${key}: lambda`);
    descend(item, key, path);
  }
}

function descend(item: Json, key: string | number, path: Path): void {
  // JSON has no infinity, but JSON.parse makes one of 1e999; YAML has it.
  if (typeof item === 'number' && !Number.isFinite(item)) throw new FormatError('not_finite', pointerOf([...path, key]), `expected a finite number, received ${item}`);
  if (typeof item !== 'object' || item === null) return;
  path.push(key);
  inspect(item, path);
  path.pop();
}

function pointerOf(path: Readonly<Path>): string {
  return path.reduce<string>((pointer, key) => (key instanceof Place ? key.pointer : at(pointer, key)), '');
}

function refuseCode(pointer: string, what: string): never {
  throw new FormatError(
    'code_refused',
    pointer,
    `${what} holds marshalled Python bytecode, which runs whatever its author wrote on the machine that loads it; ` +
      'it is refused. Use a layer that Keras has (Activation, Reshape, Permute, the merge layers, …) in its place',
  );
}

/** Keras 3 writes a function of the model's author by its module and name: it would be imported and called. */
function refuseFunction(pointer: string, name: Json | undefined): never {
  throw new FormatError('code_refused', pointer, `names Python code, the function ${quote(name)}, which would run on the machine that loads it; it is refused. Use what Keras has by name ("relu", …) in its place`);
}
