import type { ColumnScan } from '@trainyard/protocol';

const mostClasses = 100;
const longestName = 100;

/** How many rows have each value, as long as values look like classes: whole numbers or short texts, a hundred at most. */
export class ClassCounts {
  private counts: Map<string | number, number> | undefined = new Map();

  add(value: string | number): void {
    if (!this.counts) return;
    if (typeof value === 'number' ? !Number.isInteger(value) : value.length > longestName) this.counts = undefined;
    else this.counts.set(value, (this.counts.get(value) ?? 0) + 1);
    if (this.counts && this.counts.size > mostClasses) this.counts = undefined;
  }

  /** Whether further values change nothing. */
  get full(): boolean {
    return this.counts === undefined;
  }

  result(): ColumnScan['classes'] {
    if (!this.counts || this.counts.size === 0) return null;
    const byCount = [...this.counts].map(([value, count]) => ({ value, count }));
    return byCount.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  }
}
