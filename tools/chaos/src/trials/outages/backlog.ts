import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRequestInput } from '@trainyard/protocol';
import { waitFor } from '@trainyard/stack';
import type { Connection } from '../../site/connection.js';
import type { Recorder } from '../../site/recorder.js';

const everyMs = 200;

export interface BacklogSize {
  readonly total: number;
  /** Jobs that wait at least. */
  readonly waiting: number;
  /** Of so many jobs one is left to run, the others are taken back at once. */
  readonly oneRunsOf: number;
}

/** Sends a number of jobs, as fast as they are worked off: some always wait. */
export class Backlog {
  /** Settles once all are acknowledged. */
  readonly done: Promise<void>;

  constructor(
    private readonly sql: Connection,
    private readonly recorder: Recorder,
    private readonly request: JobRequestInput,
    private readonly size: BacklogSize,
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
    const { total, waiting, oneRunsOf } = this.size;
    for (let sent = 0; this.recorder.jobs.length < total; ) {
      const queued = await this.sql.row<{ queued: number }>(`SELECT count(*)::int AS queued FROM jobs WHERE status = 'queued'`).then(
        (row) => row.queued,
        () => Infinity, // the database is away
      );
      if (queued >= waiting) {
        await sleep(everyMs);
        continue;
      }
      const job = await this.recorder.submit(this.request);
      if (sent++ % oneRunsOf > 0) await this.recorder.takeBack(job);
    }
  }
}
