import { describe, expect, it } from 'vitest';

import type { OpDefinition } from '../protobuf/op-definitions.js';
import { groupInputs } from './group-inputs.js';

const [a, b, c, d] = [1n, 2n, 3n, 4n].map((oper) => ({ oper, index: 0 })) as [never, never, never, never];
const inferred = new Set<string>();
const single = (name: string) => ({ name, inferredAttributes: [] });
const list = (name: string, listAttribute: string) => ({ name, listAttribute, inferredAttributes: [listAttribute] });

describe('groupInputs', () => {
  it('gives a list the inputs that its neighbours leave', () => {
    const concat: OpDefinition = { name: 'ConcatV2', inputs: [list('values', 'N'), single('axis')], inferred };
    expect(groupInputs(concat, [a, b, c])).toEqual([[a, b], c]);
    const lookup: OpDefinition = { name: 'First', inputs: [single('x'), list('rest', 'N')], inferred };
    expect(groupInputs(lookup, [a, b, c])).toEqual([a, [b, c]]);
    expect(groupInputs(lookup, [a])).toEqual([a, []]);
  });

  it('shares the inputs among lists of one length', () => {
    const pairs: OpDefinition = { name: 'Pairs', inputs: [list('keys', 'N'), list('values', 'N')], inferred };
    expect(groupInputs(pairs, [a, b, c, d])).toEqual([[a, b], [c, d]]);
  });

  it('refuses a number of inputs that does not fit', () => {
    const add: OpDefinition = { name: 'AddV2', inputs: [single('x'), single('y')], inferred };
    expect(() => groupInputs(add, [a])).toThrow('AddV2: expected the inputs x, y, received 1 tensors');
    expect(() => groupInputs(add, [a, b, c])).toThrow('received 3 tensors');
    const pairs: OpDefinition = { name: 'Pairs', inputs: [list('keys', 'N'), list('values', 'N')], inferred };
    expect(() => groupInputs(pairs, [a, b, c])).toThrow('Pairs: expected the inputs keys, values, received 3 tensors');
    const unlike: OpDefinition = { name: 'Unlike', inputs: [list('keys', 'Tkeys'), list('values', 'Tvalues')], inferred };
    expect(() => groupInputs(unlike, [a, b])).toThrow('Unlike');
  });
});
