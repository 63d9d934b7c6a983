import type { Database } from '@trainyard/database';
import { applyRetention } from '@trainyard/housekeeping';
import { openObjectStore, type ObjectStore } from '@trainyard/object-store';
import type { Logger } from 'pino';
import type { StorageConfig } from '../env.js';
import { Repeating } from '../supervisor/repeating.js';
import { isOutage } from '../train-job/patience.js';

const passMs = 10_000;

export interface HousekeeperOptions {
  readonly database: Database;
  readonly storage: StorageConfig;
  readonly log: Logger;
}

/**
 * Removes what is kept no longer, as jobs' retentions say. Every worker does; what two of them find is done once.
 */
export class Housekeeper {
  readonly #retention = new Repeating(passMs, () => this.#guard('retention', (store) => this.#applyRetention(store)));
  readonly #closing = new AbortController();
  #store: ObjectStore | undefined;

  constructor(private readonly options: HousekeeperOptions) {}

  start(): void {
    this.#retention.start();
  }

  /** Looks soon: a job has ended. */
  hurry(): void {
    this.#retention.hurry();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#retention.close();
  }

  async #guard(what: string, work: (store: ObjectStore) => Promise<void>): Promise<void> {
    const { storage, log } = this.options;
    try {
      this.#store ??= await openObjectStore(storage.url, storage.s3);
      await work(this.#store);
    } catch (error) {
      if (!isOutage(error)) log.error({ err: error }, `${what} failed`);
    }
  }

  async #applyRetention(store: ObjectStore): Promise<void> {
    const { database, log } = this.options;
    const more = await applyRetention(database, store, {
      signal: this.#closing.signal,
      onPruned: ({ jobId, checkpoints }) => log.info({ job: jobId, checkpoints: checkpoints.map(({ id }) => id) }, "checkpoints that the job's retention does not keep were deleted"),
      onDeleted: (job) => log.info({ job }, "the job was deleted, as its retention says"),
    });
    if (more) this.#retention.hurry();
  }
}
