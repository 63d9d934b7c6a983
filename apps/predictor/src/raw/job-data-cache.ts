import type { JobData } from './load-job-data.js';

/** Most are some kilobytes; a vocabulary of two million words is 300 MB, and kept alone. */
const keptBytes = 64 * 2 ** 20;

interface Entry {
  readonly loading: Promise<JobData>;
  /** 0 until it is loaded. */
  bytes: number;
}

/**
 * What jobs found out about their data, the least recently used first. Many requests wait for one load; one that failed is
 * tried again by the next request.
 */
export class JobDataCache {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly load: (key: string) => Promise<JobData>) {}

  /** @throws what `load` throws */
  async get(key: string): Promise<JobData> {
    const entry = this.#entries.get(key) ?? this.#begin(key);
    this.#entries.delete(key);
    this.#entries.set(key, entry); // the most recently used is the last
    return entry.loading;
  }

  #begin(key: string): Entry {
    const entry: Entry = { loading: this.load(key), bytes: 0 };
    entry.loading.then(
      ({ bytes }) => {
        entry.bytes = bytes;
        this.#makeRoom(entry);
      },
      () => this.#entries.get(key) === entry && this.#entries.delete(key),
    );
    return entry;
  }

  #makeRoom(newest: Entry): void {
    let bytes = [...this.#entries.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [key, entry] of this.#entries) {
      if (bytes <= keptBytes) return;
      if (entry === newest || entry.bytes === 0) continue;
      this.#entries.delete(key);
      bytes -= entry.bytes;
    }
  }
}
