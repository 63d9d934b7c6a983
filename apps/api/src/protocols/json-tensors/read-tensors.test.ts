import { ApiError, type Signature } from '@trainyard/protocol';
import { describe, expect, test } from 'vitest';
import { answerTo } from './predict-body.js';
import { readJsonTensors, type JsonTensors } from './read-tensors.js';

const x: Signature['inputs'] = [{ name: 'x', dtype: 'float32', shape: [null, 2] }];
const both: Signature['inputs'] = [...x, { name: 'words', dtype: 'int32', shape: [null, null] }];

/** What is sent on, as numbers. */
function read(tensors: JsonTensors, inputs = x) {
  const { arrays, parts } = readJsonTensors(tensors, { inputs });
  return arrays.map(({ name, dtype, shape }, i) => {
    const { buffer } = parts[i]!.slice();
    return { name, dtype, shape, data: [...(dtype === 'int32' ? new Int32Array(buffer) : new Float32Array(buffer))] };
  });
}
const base64 = (values: number[], of: typeof Float32Array | typeof Int32Array = Float32Array): { b64: string } => ({ b64: Buffer.from(of.from(values).buffer).toString('base64') });

describe('rows and columns', () => {
  const expected = [{ name: 'x', dtype: 'float32', shape: [2, 2], data: [1, 2.5, -3, 1] }];
  test.each<[string, JsonTensors]>([
    ['by row', { instances: [[1, 2.5], [-3, true]] }],
    ['by row, by name', { instances: [{ x: [1, 2.5] }, { x: [-3, 1] }] }],
    ['by row, from base64', { instances: [base64([1, 2.5]), base64([-3, 1])] }],
    ['by column', { inputs: [[1, 2.5], [-3, 1]] }],
    ['by column, by name', { inputs: { x: [[1, 2.5], [-3, 1]] } }],
    ['by column, from base64', { inputs: { x: base64([1, 2.5, -3, 1]) } }],
  ])('%s', (_, tensors) => {
    expect(read(tensors)).toEqual(expected);
  });

  test('of several inputs come in the model’s order', () => {
    const sent = [...expected, { name: 'words', dtype: 'int32', shape: [2, 3], data: [1, 2, 3, 4, 5, 6] }];
    expect(read({ instances: [{ words: [1, 2, 3], x: [1, 2.5] }, { x: [-3, 1], words: [4, 5, 6] }] }, both)).toEqual(sent);
    expect(read({ inputs: { words: [[1, 2, 3], [4, 5, 6]], x: base64([1, 2.5, -3, 1]) } }, both)).toEqual(sent);
    expect(read({ instances: [{ words: base64([1, 2, 3], Int32Array), x: [1, 2.5] }, { words: base64([4, 5, 6], Int32Array), x: [-3, 1] }] }, both)).toEqual(sent);
  });

  test('are answered as they were asked for', () => {
    const columns = { outputs: { a: [[1], [2]], b: [3, 4] } };
    expect(answerTo({ inputs: [] }, columns)).toEqual(columns);
    expect(answerTo({ instances: [] }, columns)).toEqual({ predictions: [{ a: [1], b: 3 }, { a: [2], b: 4 }] });
    expect(answerTo({ instances: [] }, { outputs: [[1], [2]] })).toEqual({ predictions: [[1], [2]] });
  });
});

const longFirst = [Array<number>(100_000).fill(0), ...Array.from({ length: 100_000 }, () => [])];
let deep: unknown = 1;
for (let i = 0; i < 40; i++) deep = [deep];

describe('what is wrong is told, with its place', () => {
  test.each<[string, JsonTensors, Signature['inputs'], RegExp]>([
    ['a row too short', { instances: [[1, 2], [1]] }, x, /^\/instances\/1: expected a list of 2, as its neighbours are, received one of 1/],
    ['a long row before many', { instances: longFirst }, x, /^\/instances\/1: expected a list of 100000, as its neighbours are, received one of 0/],
    ['a number among lists', { instances: [[1, 2], 3] }, x, /^\/instances\/1: expected a list of 2, as its neighbours are, received a number/],
    ['a text', { instances: [[1, 'a']] }, x, /^\/instances\/0\/1: expected a number, received the text "a"/],
    ['null', { instances: [[null, 1]] }, x, /^\/instances\/0\/0: expected a number, received null/],
    ['a list among numbers', { instances: [[1, [2]]] }, x, /^\/instances\/0\/1: expected a number, received a list of 1/],
    ['a fraction', { instances: [{ x: [1, 2], words: [1.5] }] }, both, /^\/instances\/0\/0: expected an integer of 32 bits, received 1.5/],
    ['lists too deep', { inputs: deep }, x, /^\/inputs: expected at most 32 lists within each other/],
    ['an unknown input', { instances: [{ nowhere: [1] }] }, x, /^\/instances\/0\/nowhere: the model has no input of this name; its inputs are x/],
    ['an input without a value', { inputs: { x: [[1, 2]] } }, both, /^\/inputs: expected a value for the input "words", received none/],
    ['no names', { instances: [[1, 2]] }, both, /^\/instances\/0: expected an object with the inputs x, words, received a list of 2/],
    ['nothing', { inputs: null }, x, /^\/inputs: expected a number, received null/],
    ['bytes too few', { instances: [{ b64: 'AAAA' }] }, x, /^\/instances\/0: expected base64 of the float32 elements of \[2\], 4 bytes each, received 3 bytes/],
    ['bytes of rows and lists of others', { instances: [base64([1, 2]), [1, 2]] }, x, /^\/instances: expected \{"b64": …\} in all rows or in none/],
    ['bytes of an open shape', { inputs: { x: [[1, 2]], words: base64([1, 2]) } }, both, /^\/inputs: expected lists: the shape of "words", \[any, any\], leaves more than one dimension open/],
  ])('%s', (_, tensors, inputs, expected) => {
    let message = '';
    try {
      read(tensors, inputs);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      message = `${error.errors[0]?.pointer}: ${error.errors[0]?.detail}`;
    }
    expect(message).toMatch(expected);
  });
});
