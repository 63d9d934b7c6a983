import { FormatError } from '../format-error.js';
import { at, type Json } from '../json.js';

/** Nesting of arrays and objects beyond which JSON is refused; genuine models of models stay below 40. */
export const MAX_DEPTH = 100;

/** Fields whose value `lambda` says that a neighbouring field holds marshalled Python bytecode (Lambda, Keras 1's Merge). */
const CODE_KINDS = new Set(['function_type', 'mode_type', 'output_shape_type', 'mask_type', 'output_mask_type']);
const CODE_CLASSES = new Set(['Lambda', '__lambda__']);

/**
 * Walks all of a model's JSON once, before anything else looks at it.
 * @throws FormatError `too_deep`; `code_refused` where it names Python code to be run.
 */
export function inspectJson(value: Json, pointer = '', depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH)
    throw new FormatError('too_deep', pointer.slice(0, 200), `expected at most ${MAX_DEPTH} levels of nesting, received more`);
  if (Array.isArray(value)) {
    value.forEach((item, index) => inspectJson(item, at(pointer, index), depth + 1));
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    if ((key === 'class_name' && typeof item === 'string' && CODE_CLASSES.has(item)) || (CODE_KINDS.has(key) && item === 'lambda'))
      refuseCode(pointer, key === 'class_name' ? String(item) : `${key}: lambda`);
    inspectJson(item, at(pointer, key), depth + 1);
  }
}

function refuseCode(pointer: string, what: string): never {
  throw new FormatError(
    'code_refused',
    pointer,
    `${what} holds marshalled Python bytecode, which runs whatever its author wrote on the machine that loads it; ` +
      'it is refused. Use a layer that Keras has (Activation, Reshape, Permute, the merge layers, …) in its place',
  );
}
