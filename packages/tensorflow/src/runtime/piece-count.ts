/** Elements of a piece, about: of an optimizer with two slots five or six such pieces are in a cache of 32 MiB. */
const PIECE = 2 ** 20;

/**
 * Into how many equal pieces an array of so many elements is cut: the divisor of its size for which pieces have about a million elements,
 * half as many at least if there is one. 1 where there is none.
 */
export function pieceCount(size: number): number {
  for (let count = Math.max(1, Math.ceil(size / PIECE)); count <= Math.min(size, (2 * size) / PIECE); count++) if (size % count === 0) return count;
  return 1;
}
