import { type Batch, type BatchRun, type BatchStream, DataError } from '@trainyard/dataset';
import { PlacedError } from './placed-error.js';

/**
 * A stream whose errors point to the source that it reads: what is wrong with data shows in the middle of a training.
 * Only what is wrong with data does: a wish of the user's that ends the stream has no place.
 */
export class PlacedStream implements BatchStream {
  constructor(
    private readonly stream: BatchStream,
    /** JSON pointer into the request. */
    private readonly pointer: string,
  ) {}

  next(): Promise<IteratorResult<Batch, void>> {
    return this.placing(() => this.stream.next());
  }

  take(count: number): Promise<BatchRun> {
    return this.placing(() => this.stream.take(count));
  }

  async return(): Promise<IteratorResult<Batch, void>> {
    await this.stream.close();
    return { done: true, value: undefined };
  }

  close(): Promise<void> {
    return this.stream.close();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private async placing<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw error instanceof DataError ? new PlacedError(this.pointer, error) : error;
    }
  }
}
