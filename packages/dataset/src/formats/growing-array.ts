import { allocate, type DType, type TypedArray } from '@trainyard/ndarray';

/** A typed array to whose end is written; it doubles its room. */
export class GrowingArray {
  private data: TypedArray;
  length = 0;

  constructor(
    readonly dtype: DType,
    room: number,
  ) {
    this.data = allocate(dtype, Math.max(16, room));
  }

  push(value: number | bigint): void {
    this.reserve(1);
    this.data[this.length++] = value;
  }

  /** @param values of the array's dtype */
  append(values: TypedArray): void {
    this.reserve(values.length);
    this.data.set(values as never, this.length);
    this.length += values.length;
  }

  /** What was written, as a view. */
  finish(): TypedArray {
    return this.data.subarray(0, this.length);
  }

  private reserve(more: number): void {
    if (this.length + more <= this.data.length) return;
    const larger = allocate(this.dtype, Math.max(this.length + more, 2 * this.data.length));
    larger.set(this.data.subarray(0, this.length) as never);
    this.data = larger;
  }
}
