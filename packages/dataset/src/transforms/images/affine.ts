import type { RandomChange } from './random-change.js';

/** Where a pixel of the new image lies in the old one: `row = a·r + b·c + shiftRow`, `column = c·r + d·c + shiftColumn`. */
export interface Affine {
  readonly rowByRow: number;
  readonly rowByColumn: number;
  readonly rowShift: number;
  readonly columnByRow: number;
  readonly columnByColumn: number;
  readonly columnShift: number;
}

/** Three by three, row by row. */
type Matrix = readonly [number, number, number, number, number, number, number, number, number];

/**
 * Rotation, shift, shear and zoom, one after the other and about the middle of the image, as Keras 2.0.8 multiplies them;
 * `undefined` where none of them does anything. The middle is where Keras 2.0 takes it to be, a pixel beyond the pixels' own
 * in both directions.
 */
export function affineOf({ theta, tx, ty, shear, zx, zy }: RandomChange, height: number, width: number): Affine | undefined {
  const steps: Matrix[] = [];
  if (theta !== 0) steps.push([Math.cos(theta), -Math.sin(theta), 0, Math.sin(theta), Math.cos(theta), 0, 0, 0, 1]);
  if (tx !== 0 || ty !== 0) steps.push(moved(tx, ty));
  if (shear !== 0) steps.push([1, -Math.sin(shear), 0, 0, Math.cos(shear), 0, 0, 0, 1]);
  if (zx !== 1 || zy !== 1) steps.push([zx, 0, 0, 0, zy, 0, 0, 0, 1]);
  if (steps.length === 0) return undefined;
  const [middleRow, middleColumn] = [height / 2 + 0.5, width / 2 + 0.5];
  const matrix = times(times(moved(middleRow, middleColumn), steps.reduce(times)), moved(-middleRow, -middleColumn));
  const [rowByRow, rowByColumn, rowShift, columnByRow, columnByColumn, columnShift] = matrix;
  return { rowByRow, rowByColumn, rowShift, columnByRow, columnByColumn, columnShift };
}

function moved(rows: number, columns: number): Matrix {
  return [1, 0, rows, 0, 1, columns, 0, 0, 1];
}

function times(a: Matrix, b: Matrix): Matrix {
  const at = (row: number, column: number): number => (a[row * 3] ?? 0) * (b[column] ?? 0) + (a[row * 3 + 1] ?? 0) * (b[3 + column] ?? 0) + (a[row * 3 + 2] ?? 0) * (b[6 + column] ?? 0);
  return [at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2), at(2, 0), at(2, 1), at(2, 2)];
}
