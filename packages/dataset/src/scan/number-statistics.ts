import { encodeMetric, type NumberStatistics } from '@trainyard/protocol';

/** The place of an element that was added, by its position in the block. */
export type PlaceOf = (index: number) => string;

interface Extreme {
  readonly value: number;
  readonly place: string;
}

/**
 * Count, extremes, mean and standard deviation of numbers that come block by block. Mean and sum of squares of each block are
 * taken by themselves and merged by Chan's formula (Chan, Golub, LeVeque, 1979): nothing is lost where numbers are large
 * and close together.
 */
export class NumberAccumulator {
  private count = 0;
  private nonFinite = 0;
  private mean = 0;
  private squares = 0;
  private integers = true;
  private min: Extreme | undefined;
  private max: Extreme | undefined;

  add(data: ArrayLike<number | bigint>, skip: (index: number) => boolean, place: PlaceOf): void {
    let [count, sum, low, high] = [0, 0, -1, -1];
    let [lowest, highest] = [this.min?.value ?? Infinity, this.max?.value ?? -Infinity];
    for (let i = 0; i < data.length; i++) {
      const value = Number(data[i]);
      if (skip(i)) continue;
      if (!Number.isFinite(value)) {
        this.nonFinite++;
        continue;
      }
      count++;
      sum += value;
      if (this.integers && !Number.isInteger(value)) this.integers = false;
      if (value < lowest) [lowest, low] = [value, i];
      if (value > highest) [highest, high] = [value, i];
    }
    if (low >= 0) this.min = { value: lowest, place: place(low) };
    if (high >= 0) this.max = { value: highest, place: place(high) };
    if (count > 0) this.merge(count, sum / count, squaresAround(data, sum / count, skip));
  }

  result(): NumberStatistics {
    const { count, nonFinite: non_finite } = this;
    const extreme = (found: Extreme | undefined) => (found ? { value: encodeMetric(found.value), place: found.place } : null);
    const moments = count === 0 ? { mean: null, std: null } : { mean: this.mean, std: Math.sqrt(this.squares / count) };
    return { count, non_finite, min: extreme(this.min), max: extreme(this.max), ...moments, integers: count > 0 && this.integers };
  }

  private merge(count: number, mean: number, squares: number): void {
    const total = this.count + count;
    const difference = mean - this.mean;
    this.squares += squares + (difference * difference * this.count * count) / total;
    this.mean += (difference * count) / total;
    this.count = total;
  }
}

function squaresAround(data: ArrayLike<number | bigint>, mean: number, skip: (index: number) => boolean): number {
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    const difference = Number(data[i]) - mean;
    if (Number.isFinite(difference) && !skip(i)) squares += difference * difference;
  }
  return squares;
}
