/**
 * Mean and standard deviation of the elements of a last axis, in one pass: within each part by two passes over it, parts
 * put together by the formula of Chan, Golub and LeVeque (1979). Sums of squares of the raw numbers would lose all digits
 * where the mean is large beside the deviation.
 */
export class Moments {
  private count = 0;
  private readonly mean: Float64Array;
  private readonly squares: Float64Array;

  /** @param width how many numbers have a mean of their own: element i belongs to the number `i % width` */
  constructor(private readonly width: number) {
    this.mean = new Float64Array(width);
    this.squares = new Float64Array(width);
  }

  /** @param data as many elements of each number: a multiple of the width */
  add(data: ArrayLike<number | bigint>): void {
    const { width } = this;
    const count = data.length / width;
    if (count === 0) return;
    const mean = new Float64Array(width);
    for (let i = 0; i < data.length; i++) mean[i % width] = (mean[i % width] ?? 0) + Number(data[i]);
    for (let j = 0; j < width; j++) mean[j] = (mean[j] ?? 0) / count;
    const squares = new Float64Array(width);
    for (let i = 0; i < data.length; i++) squares[i % width] = (squares[i % width] ?? 0) + (Number(data[i]) - (mean[i % width] ?? 0)) ** 2;
    const total = this.count + count;
    for (let j = 0; j < width; j++) {
      const delta = (mean[j] ?? 0) - (this.mean[j] ?? 0);
      this.mean[j] = (this.mean[j] ?? 0) + (delta * count) / total;
      this.squares[j] = (this.squares[j] ?? 0) + (squares[j] ?? 0) + (delta * delta * this.count * count) / total;
    }
    this.count = total;
  }

  /** The means, and the deviations of the whole population as numpy's `std` computes them. */
  result(): { readonly mean: number[]; readonly std: number[] } {
    return { mean: Array.from(this.mean), std: Array.from(this.squares, (sum) => Math.sqrt(sum / Math.max(1, this.count))) };
  }
}
