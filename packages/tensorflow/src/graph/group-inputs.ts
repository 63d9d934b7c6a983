import type { TfOutput } from '../library/native.js';
import type { OpDefinition } from '../protobuf/op-definitions.js';
import type { OperationInput } from './graph.js';

/**
 * tfjs passes the inputs of an op as one flat list, in which those of `ConcatV2`, `Pack` or `AddN` are a run of elements;
 * a graph wants them grouped as the op's definition has them.
 * @throws Error when the number of inputs does not fit the definition.
 */
export function groupInputs(definition: OpDefinition, flat: readonly TfOutput[]): OperationInput[] {
  const lists = definition.inputs.filter((input) => input.listAttribute !== undefined);
  const singles = definition.inputs.length - lists.length;
  // Several lists of one op are as long as each other where they share their attribute; else nothing tells how long each is.
  const length = lists.length === 0 ? 0 : (flat.length - singles) / lists.length;
  const sameLength = new Set(lists.map((input) => input.listAttribute)).size <= 1;
  if (flat.length < singles || !Number.isInteger(length) || !sameLength || (lists.length === 0 && flat.length > singles))
    throw new Error(`${definition.name}: expected the inputs ${definition.inputs.map((input) => input.name).join(', ')}, received ${flat.length} tensors`);
  const grouped: OperationInput[] = [];
  let at = 0;
  for (const input of definition.inputs) {
    const count = input.listAttribute === undefined ? 1 : length;
    const group = flat.slice(at, at + count);
    at += count;
    const [first] = group;
    if (input.listAttribute !== undefined) grouped.push(group);
    else if (first) grouped.push(first);
  }
  return grouped;
}
