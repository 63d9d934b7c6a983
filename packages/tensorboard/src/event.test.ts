import { expect, test } from 'vitest';
import { encodeEvent, fileVersionEvent } from './event.js';
import { eventFileName } from './file-name.js';

const payload = (record: Uint8Array): string => Buffer.from(record.subarray(12, -4)).toString('hex');

test('an event is its fields in the wire format of protocol buffers, framed as a TFRecord', () => {
  const record = Buffer.from(encodeEvent({ wallTime: 1.5, step: 300, summaries: [{ kind: 'scalar', tag: 'loss', value: 0.25 }] }));
  // 09 = field 1, 64 bits; 10 = field 2, varint 300; 2a = field 5, 13 bytes; 0a = its value, 11 bytes: tag "loss", 15 = field 2, 32 bits
  expect(payload(record)).toBe(['09000000000000f83f', '10ac02', '2a0d', '0a0b', '0a046c6f7373', '150000803e'].join(''));
  expect(Number(record.readBigUInt64LE(0))).toBe(record.length - 16);
});

test('step 0 is written: TensorBoard would take its absence for 0 too, but a reader of the bytes need not know', () => {
  expect(payload(encodeEvent({ wallTime: 0, step: 0 }))).toBe('09000000000000000010' + '00');
});

test('a negative step takes ten bytes', () => {
  expect(payload(encodeEvent({ wallTime: 0, step: -1 }))).toBe('09000000000000000010' + 'ffffffffffffffffff01');
});

test('a file begins with its version', () => {
  expect(payload(fileVersionEvent(0))).toBe('0900000000000000001a0d' + Buffer.from('brain.Event:2').toString('hex'));
});

test('a histogram with as many limits as counts, and no other', () => {
  const histogram = { kind: 'histogram', tag: 'w', min: 0, max: 1, count: 2, sum: 1, sumOfSquares: 1, limits: [0.5, 1] } as const;
  expect(encodeEvent({ wallTime: 0, step: 0, summaries: [{ ...histogram, counts: [1, 1] }] }).length).toBeGreaterThan(100);
  expect(() => encodeEvent({ wallTime: 0, step: 0, summaries: [{ ...histogram, counts: [1] }] })).toThrow('as many limits as counts, received 2 and 1');
});

test('file names sort by time and carry no path', () => {
  expect(eventFileName({ wallTime: 1700000000.9, host: 'worker-1', suffix: 2 })).toBe('events.out.tfevents.1700000000.worker-1.2');
  expect(eventFileName({ wallTime: 5, host: '../a b' })).toBe('events.out.tfevents.0000000005...-a-b');
});
