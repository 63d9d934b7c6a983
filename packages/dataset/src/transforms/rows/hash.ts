/**
 * A number in [0, 1) for a text: MurmurHash3 (Appleby, 32 bits) of its UTF-8. The same on every machine and for ever:
 * which rows are whose depends on it.
 */
export function hashFraction(text: string, seed: number): number {
  return murmur3(Buffer.from(text), seed) / 2 ** 32;
}

function murmur3(bytes: Buffer, seed: number): number {
  let hash = seed >>> 0;
  const whole = bytes.length - (bytes.length % 4);
  for (let at = 0; at < whole; at += 4) {
    hash ^= scramble(bytes.readUInt32LE(at));
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) >>> 0;
  }
  if (whole < bytes.length) hash ^= scramble(bytes.readUIntLE(whole, bytes.length - whole));
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function scramble(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}
