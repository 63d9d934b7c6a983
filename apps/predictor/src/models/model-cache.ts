import type { ServedModel } from './served-model.js';

interface Entry {
  readonly loading: Promise<ServedModel>;
  /** Known once it is loaded. */
  served: ServedModel | undefined;
}

/**
 * Models that are loaded, the least recently used first. Many requests for a model that is being loaded wait for one
 * load; a load that failed is tried again by the next request. A model that has to go is disposed of when its last
 * prediction is done.
 */
export class ModelCache {
  readonly #entries = new Map<string, Entry>();

  /** @param maxBytes of all models together; one that is larger for itself is kept alone. */
  constructor(private readonly maxBytes: number) {}

  get size(): number {
    return this.#entries.size;
  }

  get bytes(): number {
    return [...this.#entries.values()].reduce((sum, { served }) => sum + (served?.bytes ?? 0), 0);
  }

  /** Uses the model kept under `key`, which `load` loads when it is not there. */
  async use<T>(key: string, load: () => Promise<ServedModel>, use: (served: ServedModel) => Promise<T>): Promise<T> {
    for (;;) {
      const entry = this.#entryOf(key, load);
      const served = await entry.loading;
      if (this.#entries.get(key) !== entry) continue; // it was dropped while we waited for our turn
      this.#entries.delete(key);
      this.#entries.set(key, entry); // the most recently used is the last
      const answer = served.hold(use); // held from here on, so that dropping it waits
      if (served.worn) this.#drop(key, entry);
      return answer;
    }
  }

  /** Disposes of all models. */
  clear(): void {
    for (const [key, entry] of this.#entries) this.#drop(key, entry);
  }

  #entryOf(key: string, load: () => Promise<ServedModel>): Entry {
    const known = this.#entries.get(key);
    if (known) return known;
    const entry: Entry = { loading: load(), served: undefined };
    this.#entries.set(key, entry);
    entry.loading.then(
      (served) => {
        entry.served = served;
        if (this.#entries.get(key) === entry) this.#makeRoom(entry);
        else served.retire();
      },
      () => this.#entries.delete(key),
    );
    return entry;
  }

  #makeRoom(newest: Entry): void {
    for (const [key, entry] of this.#entries) {
      if (this.bytes <= this.maxBytes) return;
      if (entry !== newest && entry.served) this.#drop(key, entry);
    }
  }

  #drop(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.served?.retire();
  }
}
