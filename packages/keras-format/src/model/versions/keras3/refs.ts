import { type Json } from '../../../json.js';
import type { TensorRef } from '../../model-description.js';
import { expectList, missingOrWrong } from '../keras2/fields.js';

/** `[layer, node, tensor]`, as the JSON has it. */
export function readRef(value: Json | undefined, pointer: string): TensorRef {
  const [layer, node, tensor, ...others] = expectList(value, pointer, '[layer, node, tensor]');
  if (typeof layer !== 'string' || !isIndex(node) || !isIndex(tensor) || others.length > 0)
    throw missingOrWrong(value, pointer, '[name of a layer, index of its node, index of that node\'s tensor]');
  return { layer, node, tensor };
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
