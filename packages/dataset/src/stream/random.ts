/**
 * Random numbers that are a function of their key alone: xoshiro128** (Blackman and Vigna, 2018), seeded from the key's
 * numbers by the finalizer of MurmurHash3. The same on every machine, and another stream for every key.
 */
export class Random {
  private readonly state: [number, number, number, number];

  constructor(...key: readonly number[]) {
    let hash = 0x9e3779b9;
    // Both halves: seeds may be larger than 32 bits.
    for (const number of key) for (const half of [number % 2 ** 32, Math.floor(number / 2 ** 32)]) hash = mix((Math.imul(hash, 0x01000193) ^ half) >>> 0);
    const next = () => (hash = mix((hash + 0x9e3779b9) >>> 0));
    this.state = [next(), next(), next(), next() | 1]; // never all zero
  }

  /** An integer in [0, bound), each equally likely. `bound` is at most 2^32. */
  below(bound: number): number {
    // Of 2^32 values the last, incomplete run of `bound` is drawn again. Most values are seen to lie before it without a division.
    for (;;) {
      const value = this.next();
      if (value < 2 ** 32 - bound || value < 2 ** 32 - (2 ** 32 % bound)) return value % bound;
    }
  }

  /** A number in [low, high), of 2^53 that are equally likely. */
  between(low: number, high: number): number {
    const fraction = ((this.next() >>> 5) * 2 ** 26 + (this.next() >>> 6)) / 2 ** 53;
    return low + (high - low) * fraction;
  }

  /** 0 to `length` - 1 in random order, each order equally likely (Fisher and Yates). */
  permutation(length: number): Uint32Array {
    const order = Uint32Array.from({ length }, (_, i) => i);
    for (let i = length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const other = order[j] ?? 0;
      order[j] = order[i] ?? 0;
      order[i] = other;
    }
    return order;
  }

  private next(): number {
    const s = this.state;
    const result = Math.imul(rotate(Math.imul(s[1], 5), 7), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 11);
    return result;
  }
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
