import type { ServedModel } from './served-model.js';
import { Slots } from './slots.js';

interface Entry {
  readonly loading: Promise<ServedModel>;
  /** Known once it is loaded. */
  served: ServedModel | undefined;
  pinned: boolean;
}

/** How many models are loaded at the same time: each holds its file meanwhile. */
const loadsAtOnce = 2;

/** What is told of a load. */
export interface LoadReport {
  readonly seconds: number;
  readonly failed: boolean;
}

/**
 * Models that are loaded, the least recently used first. Many requests for a model that is being loaded wait for one
 * load; a load that failed is tried again by the next request. A model that has to go is disposed of when its last
 * prediction is done.
 */
export class ModelCache {
  readonly #entries = new Map<string, Entry>();
  readonly #loads = new Slots(loadsAtOnce);
  #evictions = 0;

  /** @param maxBytes of all models together; one that is larger for itself is kept alone, and so are those that are pinned. */
  constructor(
    readonly maxBytes: number,
    private readonly onLoad: (report: LoadReport) => void = () => undefined,
  ) {}

  get size(): number {
    return this.#entries.size;
  }

  get pinned(): number {
    return [...this.#entries.values()].filter(({ pinned }) => pinned).length;
  }

  get bytes(): number {
    return this.#sum(({ bytes }) => bytes);
  }

  /** Requests that wait for a run of their model. */
  get waiting(): number {
    return this.#sum(({ waiting }) => waiting);
  }

  /** Models that had to make room. */
  get evictions(): number {
    return this.#evictions;
  }

  /**
   * Uses the model kept under `key`, which `load` loads when it is not there.
   * @param pin whether the model stays when others need its room; `undefined`: as it was.
   */
  async use<T>(key: string, load: () => Promise<ServedModel>, use: (served: ServedModel) => Promise<T>, pin?: boolean): Promise<T> {
    for (;;) {
      const entry = this.#entryOf(key, load);
      entry.pinned = pin ?? entry.pinned;
      const served = await entry.loading;
      if (this.#entries.get(key) !== entry) continue; // it was dropped while we waited for our turn
      this.#entries.delete(key);
      this.#entries.set(key, entry); // the most recently used is the last
      const answer = served.hold(use); // held from here on, so that dropping it waits
      if (served.worn) this.#drop(key, entry);
      else this.#makeRoom(entry); // its graphs have become more
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
    const entry: Entry = { loading: this.#loads.run(() => this.#load(load)), served: undefined, pinned: false };
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

  async #load(load: () => Promise<ServedModel>): Promise<ServedModel> {
    const began = performance.now();
    let failed = true;
    try {
      const served = await load();
      failed = false;
      return served;
    } finally {
      this.onLoad({ seconds: (performance.now() - began) / 1000, failed });
    }
  }

  #makeRoom(used: Entry): void {
    let { bytes } = this;
    for (const [key, entry] of this.#entries) {
      if (bytes <= this.maxBytes) return;
      if (entry === used || entry.pinned || !entry.served) continue;
      bytes -= entry.served.bytes;
      this.#evictions++;
      this.#drop(key, entry);
    }
  }

  #drop(key: string, entry: Entry): void {
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.served?.retire();
  }

  #sum(of: (served: ServedModel) => number): number {
    return [...this.#entries.values()].reduce((sum, { served }) => sum + (served ? of(served) : 0), 0);
  }
}
