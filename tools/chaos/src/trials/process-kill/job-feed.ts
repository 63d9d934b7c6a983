import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type JobRequestInput } from '@trainyard/protocol';
import { readJobs } from '../../site/jobs-table.js';
import type { Recorder } from '../../site/recorder.js';
import type { Connection } from '../../site/connection.js';

const everyMs = 500;

/** Sends jobs so that some are always under way, and always the same number. */
export class JobFeed {
  readonly ids: string[] = [];
  #running = true;
  readonly #done: Promise<void>;

  constructor(
    private readonly sql: Connection,
    private readonly recorder: Recorder,
    private readonly request: JobRequestInput,
    private readonly atOnce: number,
  ) {
    this.#done = this.#run();
    this.#done.catch(() => undefined); // shows in `stop`
  }

  /** Sends no more. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const jobs = await readJobs(this.sql, this.ids);
      const underWay = jobs.filter(({ status }) => !isTerminal(status)).length;
      if (underWay < this.atOnce) this.ids.push((await this.recorder.submit(this.request)).id);
      else await sleep(everyMs);
    }
  }
}
