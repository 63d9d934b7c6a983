import { withPatience } from '../patience.js';

/**
 * The writes of an attempt, one after the other in the order in which they were added, while training goes on. Because
 * the order is kept, what the database holds is at every moment a state that training has been in. An outage of the
 * database or the storage is waited for; the first other failure ends the journal, and what is added later is dropped.
 */
export class Journal {
  /** Of the writes that have not been done, in their order. */
  readonly #writes: Promise<void>[] = [];
  #failure: { readonly error: unknown } | undefined;

  /** @param onFailure told once, when a write has failed. */
  constructor(private readonly onFailure: (error: unknown) => void) {}

  /** Number of writes that have not been done. */
  get pending(): number {
    return this.#writes.length;
  }

  /** @param write may be called again after an outage, so it must be repeatable. */
  add(write: () => Promise<void>): void {
    this.#writes.push((this.#writes.at(-1) ?? Promise.resolve()).then(() => this.#do(write)));
  }

  async #do(write: () => Promise<void>): Promise<void> {
    try {
      if (!this.#failure) await withPatience(write);
    } catch (error) {
      this.#failure = { error };
      this.onFailure(error);
    } finally {
      void this.#writes.shift();
    }
  }

  /**
   * Waits until at most `limit` writes are pending: what bounds the memory that they hold.
   *
   * @throws the failure of an earlier write.
   */
  async room(limit: number): Promise<void> {
    while (this.#writes.length > limit) await this.#writes.at(-1 - limit);
    if (this.#failure) throw this.#failure.error;
  }

  /** Waits for all writes. @throws the failure of one of them. */
  flush(): Promise<void> {
    return this.room(0);
  }
}
