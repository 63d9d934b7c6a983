/**
 * The items of `source`, of which at most `limit` are made before they are asked for: the first at once, without being asked.
 * The source rests while that many wait. Ending the iteration, or its failing, ends the source.
 */
export class Prefetch<T> implements AsyncIterableIterator<T, void, undefined> {
  private readonly ready: T[] = [];
  private ended = false;
  private failure: { error: unknown } | undefined;
  private wakeConsumer = () => {};
  private wakeProducer = () => {};
  private readonly producing: Promise<void>;

  /** @param stop called when the iteration ends, so that a source that waits for storage gives up. */
  constructor(
    private readonly source: AsyncGenerator<T, void>,
    private readonly limit: number,
    private readonly stop: () => void = () => undefined,
  ) {
    this.producing = this.produce();
  }

  /** @throws what the source threw, after the items that it made before. */
  async next(): Promise<IteratorResult<T, void>> {
    for (;;) {
      if (this.ready.length > 0) {
        const value = this.ready.shift() as T;
        this.wakeProducer();
        return { done: false, value };
      }
      if (this.failure) {
        const { error } = this.failure;
        this.failure = undefined;
        await this.return();
        throw error;
      }
      if (this.ended) return { done: true, value: undefined };
      await new Promise<void>((resolve) => (this.wakeConsumer = resolve));
    }
  }

  async return(): Promise<IteratorResult<T, void>> {
    this.ended = true;
    this.ready.length = 0;
    this.stop();
    this.wakeProducer();
    this.wakeConsumer();
    await this.producing;
    await this.source.return();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private async produce(): Promise<void> {
    try {
      while (!this.ended) {
        if (this.ready.length >= this.limit) {
          await new Promise<void>((resolve) => (this.wakeProducer = resolve));
          continue;
        }
        const next = await this.source.next();
        if (next.done === true) break;
        if (this.ended) break;
        this.ready.push(next.value);
        this.wakeConsumer();
      }
    } catch (error) {
      if (!this.ended) this.failure = { error };
    } finally {
      this.ended = true;
      this.wakeConsumer();
    }
  }
}
