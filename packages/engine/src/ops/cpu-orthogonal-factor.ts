/**
 * Q of x = Q·R on the oracle, R's diagonal positive: Gram and Schmidt's procedure in float64, each column made orthogonal
 * twice to those before it, which keeps rounding from adding up.
 * @param x [rows, columns], row-major, rows ≥ columns.
 */
export function orthogonalFactor(x: Float32Array, rows: number, columns: number): Float32Array {
  const basis: Float64Array[] = [];
  for (let at = 0; at < columns; at++) {
    const column = Float64Array.from({ length: rows }, (_, row) => x[row * columns + at] ?? 0);
    for (let pass = 0; pass < 2; pass++) for (const other of basis) subtract(column, other, inner(column, other));
    const length = Math.sqrt(inner(column, column));
    basis.push(column.map((value) => value / length));
  }
  return Float32Array.from({ length: rows * columns }, (_, i) => basis[i % columns]?.[Math.floor(i / columns)] ?? 0);
}

function inner(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}

function subtract(from: Float64Array, direction: Float64Array, factor: number): void {
  direction.forEach((value, i) => (from[i] = (from[i] ?? 0) - factor * value));
}
