/**
 * The items of `source`, with at most `limit` of them made before they are asked for. The source rests while that many
 * wait. Ending the iteration, or its failing, ends the source.
 * @param stop called when the iteration ends, so that a source that waits for storage gives up
 */
export async function* readAhead<T>(source: AsyncGenerator<T, void>, limit: number, stop: () => void): AsyncGenerator<T, void> {
  const ready: T[] = [];
  let ended = false;
  let failure: { error: unknown } | undefined;
  let wakeConsumer = () => {};
  let wakeProducer = () => {};

  const produce = async () => {
    try {
      while (!ended) {
        if (ready.length >= limit) {
          await new Promise<void>((resolve) => (wakeProducer = resolve));
          continue;
        }
        const next = await source.next();
        if (next.done === true) break;
        ready.push(next.value);
        wakeConsumer();
      }
    } catch (error) {
      failure = { error };
    } finally {
      ended = true;
      wakeConsumer();
    }
  };

  const producing = produce();
  try {
    for (;;) {
      const item = ready.shift();
      if (item !== undefined) {
        wakeProducer();
        yield item;
      } else if (failure) throw failure.error;
      else if (ended) return;
      else await new Promise<void>((resolve) => (wakeConsumer = resolve));
    }
  } finally {
    ended = true;
    stop();
    wakeProducer();
    await producing;
    await source.return();
  }
}
