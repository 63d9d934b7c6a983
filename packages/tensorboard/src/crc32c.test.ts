import { expect, test } from 'vitest';
import { crc32c, maskedCrc32c } from './crc32c.js';

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

test('the mask is TFRecord\'s, and never negative', () => {
  // The header of a record of 24 bytes, as TensorFlow's writer gives it: length, then its masked CRC.
  const length = Buffer.from('1800000000000000', 'hex');
  expect(maskedCrc32c(length).toString(16)).toBe('a37f4b22');
});
