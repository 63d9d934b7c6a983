import { expect, test } from 'vitest';
import { decodeFrame, encodeFrame } from './frame.js';

const bytes = (...values: number[]) => Uint8Array.from(values);

test('JSON and parts come back as they were, each part where typed arrays can view it', () => {
  for (const json of [{}, { text: 'é' }, { text: 'of another length' }]) {
    const frame = { json, parts: [bytes(1, 2, 3), bytes(), new Uint8Array(Float64Array.of(0.5, -1).buffer)] };
    const read = decodeFrame(encodeFrame(frame));
    expect({ json: read.json, parts: read.parts.map((part) => [...part]) }).toEqual({ json, parts: frame.parts.map((part) => [...part]) });
    const [, , doubles] = read.parts;
    expect([...new Float64Array(doubles!.buffer, doubles!.byteOffset, 2)]).toEqual([0.5, -1]);
  }
});

test('what is no frame, or not a whole one, is refused', () => {
  const whole = encodeFrame({ json: { a: 1 }, parts: [bytes(1, 2, 3)] });
  for (let length = 0; length < whole.length; length++) expect(() => decodeFrame(whole.subarray(0, length))).toThrow(RangeError);
  expect(() => decodeFrame(Uint8Array.from([...whole, 0]))).toThrow(/expected \d+ bytes, received \d+/);
  const withHead = (head: string) => Uint8Array.from([head.length, 0, 0, 0, ...Buffer.from(head)]);
  for (const head of ['{', 'null', '{}', '{"parts":[-1]}', '{"parts":[0.5]}', '{"parts":["3"]}']) expect(() => decodeFrame(withHead(head))).toThrow(RangeError);
});
