import type { Database } from '@trainyard/database';
import { applyRetention, sweepOrphansWhenDue, type Orphans, type UnknownProject } from '@trainyard/housekeeping';
import { openObjectStore, type ObjectStore } from '@trainyard/object-store';
import type { Logger } from 'pino';
import type { OrphanSweep, StorageConfig } from '../env.js';
import { Repeating } from '../supervisor/repeating.js';
import { isOutage } from '../train-job/patience.js';

const passMs = 10_000;
const sweepEveryMs = 6 * 3_600_000;

export interface HousekeeperOptions {
  readonly database: Database;
  readonly storage: StorageConfig;
  readonly orphanSweep: OrphanSweep;
  readonly log: Logger;
}

/**
 * Removes what is kept no longer: what jobs' retentions say, every ten seconds, and every six hours objects that no row names.
 * Every worker does; what two of them find is done once.
 */
export class Housekeeper {
  readonly #retention = new Repeating(passMs, () => this.#guard('retention', (store) => this.#applyRetention(store)));
  /** Beside it: a sweep of a large storage takes its time. */
  readonly #sweeps = new Repeating(passMs, () => this.#guard('the sweep for orphans', (store) => this.#sweep(store)));
  readonly #closing = new AbortController();
  #store: ObjectStore | undefined;

  constructor(private readonly options: HousekeeperOptions) {}

  start(): void {
    this.#retention.start();
    if (this.options.orphanSweep !== 'off') this.#sweeps.start();
  }

  /** Looks soon: a job has ended. */
  hurry(): void {
    this.#retention.hurry();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([this.#retention.close(), this.#sweeps.close()]);
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
      onPruned: ({ jobId, checkpoints }) => log.info({ job_id: jobId, checkpoints: checkpoints.map(({ id }) => id) }, "checkpoints that the job's retention does not keep were deleted"),
      onDeleted: (job) => log.info({ job_id: job }, "the job was deleted, as its retention says"),
    });
    if (more) this.#retention.hurry();
  }

  async #sweep(store: ObjectStore): Promise<void> {
    const { database, log, orphanSweep } = this.options;
    const remove = orphanSweep === 'remove';
    const onFound = (found: Orphans | UnknownProject): void => this.#tell(found, remove);
    const report = await sweepOrphansWhenDue(database, store, sweepEveryMs, { remove, onFound, signal: this.#closing.signal });
    if (report) log.info({ ...report, removed: remove }, 'the storage was swept for objects that no row names');
  }

  #tell(found: Orphans | UnknownProject, remove: boolean): void {
    const { log } = this.options;
    if (!('objects' in found)) return log.warn({ project: found.projectId }, 'the storage has objects of a project that the database does not know; they are left alone');
    const { projectId: project, kind, id, gone, objects } = found;
    log.warn({ project, [`${kind}_id`]: id, gone, keys: objects.slice(0, 10).map(({ key }) => key), objects: objects.length }, `objects that no row names ${remove ? 'are removed' : 'were found'}`);
  }
}
