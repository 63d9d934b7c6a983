import { decodeMetric } from '@trainyard/protocol';
import type { StoredStep } from '@trainyard/database';

interface Extremes {
  min: StoredStep;
  max: StoredStep;
}

/**
 * Thins out steps so that a curve keeps its peaks: of each stretch of steps, and for each metric, the rows with the
 * smallest and the largest value remain. Rows are given one by one, in order, so that a long job never lies in memory.
 */
export class DownSampler {
  readonly #stretches = new Map<number, Map<string, Extremes>>();
  readonly #stretch: number;
  readonly #edges: { first?: StoredStep; last?: StoredStep } = {};

  /** @param maxPoints rows that remain at most, for `keys` metrics over the steps from `first` to `last`. */
  constructor(
    private readonly keys: readonly string[],
    private readonly range: { readonly first: number; readonly last: number },
    maxPoints: number,
  ) {
    const stretches = Math.max(1, Math.floor((maxPoints - 2) / (2 * Math.max(1, keys.length))));
    this.#stretch = Math.max(1, (range.last - range.first + 1) / stretches);
  }

  add(row: StoredStep): void {
    this.#edges.first ??= row;
    this.#edges.last = row;
    const number = Math.floor((row.step - this.range.first) / this.#stretch);
    let extremes = this.#stretches.get(number);
    if (extremes === undefined) this.#stretches.set(number, (extremes = new Map<string, Extremes>()));
    for (const key of this.keys) {
      if (row.metrics[key] === undefined) continue;
      const known = extremes.get(key);
      if (known === undefined) extremes.set(key, { min: row, max: row });
      else if (rank(row, key) < rank(known.min, key)) known.min = row;
      else if (rank(row, key) > rank(known.max, key)) known.max = row;
    }
  }

  /** What remains, by step; the first and the last row always do. */
  rows(): StoredStep[] {
    const kept = new Map<number, StoredStep>();
    for (const row of [this.#edges.first, this.#edges.last]) if (row !== undefined) kept.set(row.step, row);
    for (const extremes of this.#stretches.values()) {
      for (const { min, max } of extremes.values()) kept.set(min.step, min).set(max.step, max);
    }
    return [...kept.values()].sort((a, b) => a.step - b.step);
  }
}

/** NaN counts as the largest: a loss that diverged is what one wants to see. */
function rank(row: StoredStep, key: string): number {
  const value = decodeMetric(row.metrics[key] ?? 'NaN');
  return Number.isNaN(value) ? Infinity : value;
}
