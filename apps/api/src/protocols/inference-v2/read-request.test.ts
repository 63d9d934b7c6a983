import { ApiError, invalidRequest, type Signature } from '@trainyard/protocol';
import { describe, expect, test } from 'vitest';
import { atRequestedClasses, parseInferRequest, readInputs, requestedClasses, requestedOutputs } from './read-request.js';

const signature: Signature = {
  inputs: [{ name: 'x', dtype: 'float32', shape: [null, 2] }, { name: 'words', dtype: 'int32', shape: [null, null] }],
  outputs: [{ name: 'y', dtype: 'float32', shape: [null, 1] }, { name: 'z', dtype: 'float32', shape: [null, 3] }],
};
const one: Signature = { ...signature, inputs: signature.inputs.slice(0, 1) };
const integers: Signature = { ...signature, inputs: [{ name: 'words', dtype: 'int32', shape: [null, 2] }] };

/** What is sent on, as numbers. */
function read(request: object, binary: Uint8Array = new Uint8Array(), of: Signature = one) {
  const { arrays, parts } = readInputs(parseInferRequest(request), binary, of);
  return arrays.map(({ name, dtype, shape }, i) => {
    const { buffer } = parts[i]!.slice();
    const data = { float32: () => [...new Float32Array(buffer)], float64: () => [...new Float64Array(buffer)], int32: () => [...new Int32Array(buffer)], int64: () => [...new BigInt64Array(buffer)].map(Number), uint8: () => [...new Uint8Array(buffer)], bool: () => [...new Uint8Array(buffer)] }[dtype]();
    return { name, dtype, shape, data };
  });
}
const bytesOf = (data: ArrayBufferView): Uint8Array => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
const binaryInput = (datatype: string, bytes: Uint8Array, shape = [1, 2], name = 'x') => ({ inputs: [{ name, shape, datatype, parameters: { binary_data_size: bytes.length } }] });

/** What is wrong, with its place. */
function refused(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return { status: error.status, pointer: error.errors[0]?.pointer, detail: error.errors[0]?.detail };
    throw error;
  }
  throw new Error('expected it to be refused');
}

describe('tensors as JSON', () => {
  test('flat and nested are the same', () => {
    const input = { name: 'x', shape: [2, 2], datatype: 'FP32' };
    const expected = [{ name: 'x', dtype: 'float32', shape: [2, 2], data: [1, 2.5, -3, 0] }];
    expect(read({ inputs: [{ ...input, data: [1, 2.5, -3, 0] }] })).toEqual(expected);
    expect(read({ inputs: [{ ...input, data: [[1, 2.5], [-3, 0]] }] })).toEqual(expected);
    expect(read({ inputs: [{ ...input, data: ['NaN', 'Infinity', '-Infinity', true] }] })[0]?.data).toEqual([NaN, Infinity, -Infinity, 1]);
  });

  test('inputs come in the order of the model', () => {
    const words = { name: 'words', shape: [1, 3], datatype: 'INT64', data: [1, 2, 3] };
    const x = { name: 'x', shape: [1, 2], datatype: 'FP64', data: [0.5, 1] };
    expect(read({ inputs: [words, x] }, undefined, signature)).toEqual([{ name: 'x', dtype: 'float32', shape: [1, 2], data: [0.5, 1] }, { name: 'words', dtype: 'int32', shape: [1, 3], data: [1, 2, 3] }]);
  });

  test.each<[string, object, Signature, string, RegExp]>([
    ['an unknown input', { name: 'q' }, one, '/inputs/0/name', /the model has no input "q"; its inputs are x/],
    ['a rank', { shape: [2] }, one, '/inputs/0/shape', /expected \[-1, 2\] for the input "x", -1 being any size, received \[2\]/],
    ['a dimension', { shape: [1, 3] }, one, '/inputs/0/shape', /expected \[-1, 2\].*received \[1, 3\]/],
    ['no rows', { shape: [0, 2], data: [] }, one, '/inputs/0/shape', /at least one row/],
    ['a datatype that there is not', { datatype: 'FP8' }, one, '/inputs/0/datatype', /FP8/],
    ['texts', { datatype: 'BYTES', data: ['a', 'b'] }, one, '/inputs/0/datatype', /expected FP32 of shape \[-1, 2\] for the input "x".*received BYTES/],
    ['fractions for integers', { name: 'words', datatype: 'FP32' }, integers, '/inputs/0/datatype', /expected INT32 of shape \[-1, 2\] for the input "words".*received FP32/],
    ['a fraction', { name: 'words', datatype: 'INT32', data: [1, 1.5] }, integers, '/inputs/0/data/1', /expected an integer from -2147483648 to 2147483647, received 1.5/],
    ['an integer too large for its datatype', { datatype: 'UINT8', data: [1, 256] }, one, '/inputs/0/data/1', /from 0 to 255, received 256/],
    ['an integer too large for the model', { name: 'words', datatype: 'INT64', data: [1, 2 ** 40] }, integers, '/inputs/0/data/1', /2147483647/],
    ['a boolean', { datatype: 'BOOL', data: [true, 2] }, one, '/inputs/0/data/1', /expected true, false, 0 or 1, received 2/],
    ['a text among numbers', { data: [1, 'a'] }, one, '/inputs/0/data/1', /expected a number, received "a"/],
    ['a list too short', { shape: [2, 2], data: [[1, 2], [3]] }, one, '/inputs/0/data/1', /expected a list of 2, as its shape says, received one of 1/],
    ['a number among lists', { shape: [2, 2], data: [[1, 2], 3] }, one, '/inputs/0/data/1', /expected a list of 2, as its shape says, received 3/],
    ['too many elements', { data: [1, 2, 3] }, one, '/inputs/0/data', /expected a list of 2, as its shape says, received one of 3/],
    ['no data', { data: undefined }, one, '/inputs/0/data', /received neither/],
    ['data twice', { parameters: { binary_data_size: 0 } }, one, '/inputs/0/data', /expected no data beside/],
    ['shared memory', { parameters: { shared_memory_region: 'r' } }, one, '/inputs/0/parameters/shared_memory_region', /shared memory: it is not supported/],
    ['a field that there is not', { dtype: 'FP32' }, one, '/inputs/0/dtype', /no such field/],
  ])('refused: %s', (_, change, of, pointer, detail) => {
    const request = { inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 2], ...change }] };
    expect(refused(() => read(request, undefined, of))).toEqual({ status: 422, pointer, detail: expect.stringMatching(detail) });
  });

  test('refused: a shape that says more than there is, before there is room for it', () => {
    const open: Signature = { ...signature, inputs: [{ name: 'x', dtype: 'float32', shape: [null, null] }] };
    const row = Array<number>(1000).fill(1);
    for (const [shape, data] of [[[100_000, 100_000], [1]], [[1, 2 ** 50], [[1]]], [[30_000, 1000], [row, ...Array<unknown>(29_999).fill([])]]]) {
      expect(refused(() => read({ inputs: [{ name: 'x', datatype: 'FP32', shape, data }] }, undefined, open))).toMatchObject({ status: 422, detail: expect.stringMatching(/^expected a list of/) });
    }
    expect(refused(() => read(binaryInput('INT8', new Uint8Array(2 ** 27), [1, 2 ** 27]), new Uint8Array(2 ** 27), open))).toMatchObject({ status: 413 });
  });

  test('refused: an input twice, one too few, rows that differ', () => {
    const x = { name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 2] };
    expect(refused(() => read({ inputs: [x, x] }))).toMatchObject({ pointer: '/inputs/1/name' });
    expect(refused(() => read({ inputs: [x] }, undefined, signature))).toMatchObject({ pointer: '/inputs', detail: 'expected the inputs x, words, received none called "words"' });
    expect(refused(() => read({ inputs: [x, { name: 'words', shape: [2, 1], datatype: 'INT32', data: [1, 2] }] }, undefined, signature))).toMatchObject({ pointer: '/inputs/1/shape', detail: 'expected 1 rows, as the other inputs have, received 2' });
  });
});

describe('tensors as bytes', () => {
  test.each<[string, ArrayBufferView, number[], string]>([
    ['FP32', Float32Array.of(0.1, -2), [Math.fround(0.1), -2], 'float32'],
    ['FP64', Float64Array.of(0.1, -2), [0.1, -2], 'float64'],
    ['FP16', Uint16Array.of(0x3c00, 0xb800), [1, -0.5], 'float32'],
    ['BF16', Uint16Array.of(0x3f80, 0xc040), [1, -3], 'float32'],
    ['INT8', Int8Array.of(-128, 127), [-128, 127], 'int32'],
    ['INT16', Int16Array.of(-300, 300), [-300, 300], 'int32'],
    ['INT32', Int32Array.of(-70_000, 70_000), [-70_000, 70_000], 'int32'],
    ['INT64', BigInt64Array.of(-1n, 5_000_000_000n), [-1, 5_000_000_000], 'int64'],
    ['UINT8', Uint8Array.of(0, 255), [0, 255], 'uint8'],
    ['UINT16', Uint16Array.of(0, 65_535), [0, 65_535], 'int32'],
    ['UINT32', Uint32Array.of(0, 4_294_967_295), [0, 4_294_967_295], 'int64'],
    ['UINT64', BigUint64Array.of(1n, 2n ** 53n), [1, 2 ** 53], 'float64'],
    ['BOOL', Uint8Array.of(0, 1), [0, 1], 'bool'],
  ])('%s', (datatype, data, numbers, dtype) => {
    // Behind JSON of any length, bytes lie anywhere.
    for (const offset of [0, 1, 3]) {
      const binary = new Uint8Array([...new Uint8Array(offset), ...bytesOf(data)]).subarray(offset);
      expect(read(binaryInput(datatype, binary), binary)).toEqual([{ name: 'x', dtype, shape: [1, 2], data: numbers }]);
    }
  });

  test('each tensor takes its own, in the order of the request', () => {
    const [words, x] = [bytesOf(Int32Array.of(7, 8)), bytesOf(Float32Array.of(0.5, 1.5))];
    const request = { inputs: [...binaryInput('INT32', words, [1, 2], 'words').inputs, ...binaryInput('FP32', x).inputs] };
    expect(read(request, new Uint8Array([...words, ...x]), signature).map(({ name, data }) => ({ name, data }))).toEqual([{ name: 'x', data: [0.5, 1.5] }, { name: 'words', data: [7, 8] }]);
  });

  test.each<[string, object, Uint8Array, Signature, string, RegExp]>([
    ['too few', binaryInput('FP32', new Uint8Array(4)), new Uint8Array(4), one, '/inputs/0/parameters/binary_data_size', /expected 8, of 2 elements of FP32, received 4/],
    ['fewer than are said', binaryInput('FP32', new Uint8Array(8)), new Uint8Array(7), one, '/inputs/0/parameters/binary_data_size', /at most the 7 bytes that are left/],
    ['more than are said', binaryInput('FP32', new Uint8Array(8)), new Uint8Array(9), one, '/inputs', /expected 8 bytes behind the JSON.*received 9/],
    ['truth of 2', binaryInput('BOOL', new Uint8Array(2)), Uint8Array.of(1, 2), one, '/inputs/0/parameters/binary_data_size', /a byte of 0 or 1 in each element, received 2 in element 1/],
    ['integers too large for the model', binaryInput('INT64', new Uint8Array(16), [1, 2], 'words'), bytesOf(BigInt64Array.of(1n, 2n ** 40n)), integers, '/inputs/0/parameters/binary_data_size', /an integer of 32 bits in each element, received 1099511627776 in element 1/],
  ])('refused: %s', (_, request, binary, of, pointer, detail) => {
    expect(refused(() => read(request, binary, of))).toEqual({ status: 422, pointer, detail: expect.stringMatching(detail) });
  });
});

test('outputs that are asked for come in the order of the request, as bytes where that is said', () => {
  const asked = (more: object) => requestedOutputs(parseInferRequest({ inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 2] }], ...more }), signature);
  expect(asked({})).toEqual([{ name: 'y', index: 0, binary: false }, { name: 'z', index: 1, binary: false }]);
  expect(asked({ parameters: { binary_data_output: true, priority: 3 } }).map(({ binary }) => binary)).toEqual([true, true]);
  expect(asked({ outputs: [{ name: 'z', parameters: { binary_data: true } }, { name: 'y' }] })).toEqual([{ name: 'z', index: 1, binary: true }, { name: 'y', index: 0, binary: false }]);
  expect(asked({ outputs: [{ name: 'z', parameters: { binary_data: false } }], parameters: { binary_data_output: true } })).toEqual([{ name: 'z', index: 1, binary: false }]);
  expect(refused(() => asked({ outputs: [{ name: 'q' }] }))).toMatchObject({ pointer: '/outputs/0/name', detail: 'the model has no output "q"; its outputs are y, z' });
  expect(refused(() => asked({ outputs: [{ name: 'y', parameters: { shared_memory_region: 'r' } }] }))).toMatchObject({ pointer: '/outputs/0/parameters/shared_memory_region' });
});

test('classes are asked for by the request, or by each of its outputs alike', () => {
  const asked = (more: object) => requestedClasses(parseInferRequest({ inputs: [{ name: 'x', shape: [1, 2], datatype: 'FP32', data: [1, 2] }], ...more }));
  const [y, z] = [{ name: 'y', parameters: { classification: 3 } }, { name: 'z' }];
  expect([asked({}), asked({ parameters: { top_k: 2 } }), asked({ outputs: [y] }), asked({ outputs: [y, z], parameters: { top_k: 3 } })]).toEqual([
    null,
    { count: 2, pointer: '/parameters/top_k' },
    ...[[y], [y, z]].map(() => ({ count: 3, pointer: '/outputs/0/parameters/classification' })),
  ]);
  expect(refused(() => asked({ outputs: [y, z] }))).toEqual({ status: 422, pointer: '/outputs/1/parameters/classification', detail: 'expected 3, as for the other outputs, received none' });
  expect(refused(() => asked({ outputs: [y], parameters: { top_k: 0 } }))).toMatchObject({ pointer: '/parameters/top_k' });
});

test('what is wrong with the classes that are asked for is told where they are', () => {
  const pointer = '/outputs/0/parameters/classification';
  const told = (at: string) => atRequestedClasses(invalidRequest([{ pointer: at, code: 'invalid_value', detail: 'expected a probability' }]), { count: 3, pointer });
  expect(told('/top_k')).toMatchObject({ code: 'invalid_request', errors: [{ pointer, detail: 'expected a probability' }], detail: `${pointer}: expected a probability` });
  expect(told('/inputs/0')).toMatchObject({ errors: [{ pointer: '/inputs/0' }] });
  const other = new Error('something else');
  expect(atRequestedClasses(other, { count: 3, pointer })).toBe(other);
});
