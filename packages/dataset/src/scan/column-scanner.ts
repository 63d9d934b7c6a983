import { sizeOf } from '@trainyard/ndarray';
import type { ColumnScan, LengthStatistics } from '@trainyard/protocol';
import type { ColumnType } from '../columns/column-type.js';
import type { ColumnValues } from '../columns/column-values.js';
import { ClassCounts } from './class-counts.js';
import { NumberAccumulator } from './number-statistics.js';

/** What a column of a source is, found out block by block. */
export class ColumnScanner {
  private missing = 0;
  private readonly numbers = new NumberAccumulator();
  private readonly lengths = new LengthAccumulator();
  private readonly classes = new ClassCounts();

  constructor(
    readonly name: string,
    readonly type: ColumnType,
  ) {}

  /**
   * @param missing 1 for each row without a value
   * @param place of a row of these values
   */
  add(values: ColumnValues, missing: Uint8Array | undefined, place: (row: number) => string): void {
    if (missing) this.missing += missing.reduce((sum, flag) => sum + flag, 0);
    const absent = (row: number): boolean => missing?.[row] === 1;
    switch (values.kind) {
      case 'numbers': {
        const { data, shape } = values.array;
        const width = sizeOf(shape.slice(1));
        const rowOf = (index: number): number => Math.floor(index / width);
        this.numbers.add(data, missing ? (index) => absent(rowOf(index)) : never, (index) => place(rowOf(index)));
        if (width === 1) for (let row = 0; row < data.length && !this.classes.full; row++) if (!absent(row)) this.classes.add(Number(data[row]));
        return;
      }
      case 'sequences': {
        const { data, offsets, shape } = values;
        const width = sizeOf(shape);
        const rowOf = (index: number): number => rowAt(offsets, Math.floor(index / width));
        this.numbers.add(data, never, (index) => place(rowOf(index)));
        for (let row = 0; row + 1 < offsets.length; row++) if (!absent(row)) this.lengths.add((offsets[row + 1] ?? 0) - (offsets[row] ?? 0));
        return;
      }
      case 'text':
        for (const [row, text] of values.texts.entries()) {
          if (absent(row)) continue;
          this.lengths.add(text.length);
          this.classes.add(text);
        }
        return;
      case 'bytes':
        for (const [row, item] of values.items.entries()) if (!absent(row)) this.lengths.add(item.length);
        return;
    }
  }

  result(): ColumnScan {
    const { name, type, missing } = this;
    const numeric = type.kind === 'numbers' || type.kind === 'sequences';
    return {
      ...{ name, kind: type.kind, missing },
      ...(numeric ? { dtype: type.dtype, shape: [...type.shape] } : { dtype: null, shape: null }),
      numbers: numeric ? this.numbers.result() : null,
      lengths: type.kind === 'numbers' ? null : this.lengths.result(),
      classes: type.kind === 'sequences' ? null : this.classes.result(),
    };
  }
}

class LengthAccumulator {
  private count = 0;
  private sum = 0;
  private min = Infinity;
  private max = 0;

  add(length: number): void {
    this.count++;
    this.sum += length;
    this.min = Math.min(this.min, length);
    this.max = Math.max(this.max, length);
  }

  result(): LengthStatistics | null {
    return this.count === 0 ? null : { min: this.min, max: this.max, mean: this.sum / this.count };
  }
}

const never = (): boolean => false;

/** The row of an element of sequences. */
function rowAt(offsets: Uint32Array, element: number): number {
  let [low, high] = [0, offsets.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((offsets[middle] ?? 0) <= element) low = middle;
    else high = middle;
  }
  return low;
}
