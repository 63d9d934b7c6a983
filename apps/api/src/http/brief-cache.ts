/** How old an answer may be. */
const maxAgeMs = 5_000;

interface Kept<T> {
  readonly value: Promise<T>;
  readonly since: number;
}

/**
 * Answers that are kept for at most five seconds, so that requests which come one behind another ask once. An answer's age
 * counts from the moment at which it was asked for. What failed is not kept.
 */
export class BriefCache<T> {
  /** The oldest first. */
  readonly #kept = new Map<string, Kept<T>>();

  /** @param maxEntries beyond which the oldest are dropped */
  constructor(private readonly maxEntries = 10_000) {}

  /** @throws what `load` throws */
  get(key: string, load: () => Promise<T>): Promise<T> {
    const now = performance.now();
    const known = this.#kept.get(key);
    if (known && now - known.since < maxAgeMs) return known.value;
    const kept: Kept<T> = { value: load(), since: now };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    kept.value.catch(() => this.#kept.get(key) === kept && this.#kept.delete(key));
    this.#drop(now);
    return kept.value;
  }

  /** The next request asks again. */
  forget(key: string): void {
    this.#kept.delete(key);
  }

  /** The same of every key that begins so. */
  forgetAll(prefix: string): void {
    for (const key of this.#kept.keys()) if (key.startsWith(prefix)) this.#kept.delete(key);
  }

  #drop(now: number): void {
    for (const [key, { since }] of this.#kept) {
      if (now - since < maxAgeMs && this.#kept.size <= this.maxEntries) return;
      this.#kept.delete(key);
    }
  }
}
