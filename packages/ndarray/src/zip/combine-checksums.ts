/**
 * CRC-32 of two pieces behind each other, from theirs. A checksum is a polynomial over GF(2): `bytes` more zero bytes behind
 * the first piece multiply its own by x^(8·bytes), here by repeated squaring of the matrix that stands for one zero bit.
 */
export function combineChecksums(first: number, second: number, bytes: number): number {
  let power: Uint32Array = Uint32Array.from({ length: 32 }, (_, bit) => (bit === 0 ? 0xedb88320 : 2 ** (bit - 1))); // one zero bit
  for (let i = 0; i < 3; i++) power = squared(power); // one zero byte
  let shifted = first;
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) shifted = times(power, shifted);
    power = squared(power);
  }
  return (shifted ^ second) >>> 0;
}

function times(matrix: Uint32Array, vector: number): number {
  let sum = 0;
  for (let bit = 0; bit < 32; bit++) if ((vector >>> bit) & 1) sum ^= matrix[bit] ?? 0;
  return sum >>> 0;
}

function squared(matrix: Uint32Array): Uint32Array {
  return matrix.map((column) => times(matrix, column));
}
