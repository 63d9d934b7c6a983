import { expect, test } from 'vitest';
import { crc32c } from './crc32c.js';
import { frameRecord } from './record.js';

test.each([
  // RFC 3720, appendix B.4
  ['32 zeros', new Uint8Array(32), 0x8a9136aa],
  ['32 bytes of ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ['0 to 31', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ['31 to 0', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ['123456789', Buffer.from('123456789'), 0xe3069283],
])('crc32c of %s', (_name, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

test("the mask is TFRecord's: the head of a record of 24 bytes is as TensorFlow writes it", () => {
  // The first bytes of every event file of TensorFlow: its version event has 24 bytes.
  expect(Buffer.from(frameRecord(new Uint8Array(24)).subarray(0, 12)).toString('hex')).toBe('1800000000000000a37f4b22');
});
