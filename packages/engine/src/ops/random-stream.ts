/** One round of the 32-bit finalizer of MurmurHash3: spreads every bit of the input over the output. */
function mix(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A small reproducible generator (sfc32 of the PractRand suite, seeded through MurmurHash3's finalizer): the same numbers
 * for the same pair of seeds on every machine. For shuffling and for the oracle; a graph draws its own.
 */
export class RandomStream {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(first: number, second: number) {
    this.#a = mix(first ^ 0x9e3779b9);
    this.#b = mix(second ^ 0x7f4a7c15);
    this.#c = mix(this.#a ^ Math.imul(this.#b, 0x2545f491));
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) >>> 0;
    this.#counter = (this.#counter + 1) >>> 0;
    this.#a = (this.#b ^ (this.#b >>> 9)) >>> 0;
    this.#b = (this.#c + (this.#c << 3)) >>> 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) >>> 0;
    return sum;
  }

  /** A float32-exact number in [0, 1). */
  uniform(): number {
    return (this.uint32() >>> 8) / 0x1000000;
  }

  /** An integer in [0, bound), without modulo bias (Lemire's rejection). */
  below(bound: number): number {
    const limit = 0x100000000 - (0x100000000 % bound);
    for (;;) {
      const value = this.uint32();
      if (value < limit) return value % bound;
    }
  }

  /** Standard normal, by Box and Muller. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }
}
