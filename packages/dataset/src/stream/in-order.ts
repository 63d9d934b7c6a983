import { Prefetch } from './prefetch.js';

/** A result of an item; after the last one, its end. */
export type Ordered<T, R> = { readonly item: T; readonly done: false; readonly value: R } | { readonly item: T; readonly done: true };

/**
 * The results of each item, in the order of the items, while up to `atOnce` items are read at the same time: of each, one
 * result waits. The first failure in that order ends all.
 * @param read its signal tells that nobody waits for the item any more
 */
export async function* inOrder<T, R>(items: Iterable<T>, atOnce: number, read: (item: T, signal: AbortSignal) => AsyncGenerator<R, void>, signal?: AbortSignal): AsyncGenerator<Ordered<T, R>, void> {
  const left = items[Symbol.iterator]();
  const running: { readonly item: T; readonly results: Prefetch<R> }[] = [];
  const start = (item: T): void => {
    const ended = new AbortController();
    const either = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
    running.push({ item, results: new Prefetch(read(item, either), 1, () => ended.abort()) });
  };
  try {
    for (;;) {
      while (running.length < atOnce) {
        const next = left.next();
        if (next.done === true) break;
        start(next.value);
      }
      const [first] = running;
      if (!first) return;
      const { item, results } = first;
      for await (const value of results) yield { item, done: false, value };
      running.shift();
      yield { item, done: true };
    }
  } finally {
    await Promise.all(running.map(({ results }) => results.return()));
  }
}
