/** The kinds of native objects that this package creates and must release. */
export const handleKinds = ['context', 'function', 'graph', 'memory', 'session', 'status', 'tensor', 'tensorHandle'] as const;
export type HandleKind = (typeof handleKinds)[number];

/**
 * How many native objects are alive, by kind. Exact: it is what the tests for leaks and double releases compare.
 */
export class LiveHandles {
  readonly #counts = new Map<HandleKind, number>(handleKinds.map((kind) => [kind, 0]));
  #leaked = 0;

  acquired(kind: HandleKind): void {
    this.#counts.set(kind, this.count(kind) + 1);
  }

  /**
   * @throws Error when more are released than were acquired: a double release, which would corrupt native memory.
   */
  released(kind: HandleKind): void {
    const count = this.count(kind);
    if (count === 0) throw new Error(`a native ${kind} was released twice`);
    this.#counts.set(kind, count - 1);
  }

  count(kind: HandleKind): number {
    return this.#counts.get(kind) ?? 0;
  }

  /** All kinds together. */
  get total(): number {
    let total = 0;
    for (const count of this.#counts.values()) total += count;
    return total;
  }

  /** Objects that nobody released before the garbage collector found them: a bug where it is not 0. */
  get leaked(): number {
    return this.#leaked;
  }

  /** The collector's safety net released one. */
  rescued(kind: HandleKind): void {
    this.released(kind);
    this.#leaked++;
  }

  snapshot(): Readonly<Record<HandleKind, number>> {
    return Object.fromEntries(this.#counts) as Record<HandleKind, number>;
  }
}
