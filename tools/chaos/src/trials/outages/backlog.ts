import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRequestInput } from '@trainyard/protocol';
import { waitFor } from '@trainyard/stack';
import type { Connection } from '../../site/connection.js';
import type { Recorder } from '../../site/recorder.js';

const everyMs = 200;

/** Sends a number of jobs, as fast as they are worked off: some always wait. */
export class Backlog {
  /** Settles once all are acknowledged. */
  readonly done: Promise<void>;

  constructor(
    private readonly sql: Connection,
    private readonly recorder: Recorder,
    private readonly request: JobRequestInput,
    private readonly size: { readonly total: number; readonly waiting: number },
  ) {
    this.done = this.#run();
    this.done.catch(() => undefined); // shows where it is awaited
  }

  /** Waits until so many jobs are acknowledged. */
  untilSent(jobs: number): Promise<void> {
    const sent = async (): Promise<true | undefined> => (this.recorder.jobs.length >= Math.min(jobs, this.size.total) ? true : undefined);
    return waitFor(`${jobs} jobs to be acknowledged`, sent, { patienceMs: 600_000, everyMs }).then(() => undefined);
  }

  async #run(): Promise<void> {
    while (this.recorder.jobs.length < this.size.total) {
      const queued = await this.sql.row<{ queued: number }>(`SELECT count(*)::int AS queued FROM jobs WHERE status = 'queued'`).then(
        (row) => row.queued,
        () => Infinity, // the database is away
      );
      if (queued < this.size.waiting) await this.recorder.submit(this.request);
      else await sleep(everyMs);
    }
  }
}
