import type { Connection } from './connection.js';

const everyMs = 250;

interface Sample {
  readonly at: number;
  readonly step: number;
}

/** Watches how far running jobs are, so that it can be told when an attempt came to a step. */
export class WorkClock {
  /** By job and attempt. */
  readonly #samples = new Map<string, Sample[]>();
  #running = true;
  readonly #done: Promise<void>;

  constructor(private readonly sql: Connection) {
    this.#done = this.#run();
  }

  /**
   * Milliseconds that an attempt had trained since a step when it ended: its work that was lost when the next attempt went on
   * from there. How far it was is known once a second, and in between the longer time is taken.
   */
  lostSince(job: string, attempt: number, step: number, endedAt: number): number {
    const samples = this.#samples.get(`${job} ${attempt}`) ?? [];
    const before = samples.filter((sample) => sample.step <= step && sample.at <= endedAt).at(-1) ?? samples[0];
    return before ? endedAt - before.at : 0;
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (this.#running) {
      const at = Date.now();
      const jobs = await this.sql
        .rows<{ id: string; attempt: number; step: number }>(`SELECT id, attempt, coalesce((progress ->> 'step')::int, 0) AS step FROM jobs WHERE status = 'running'`)
        .catch(() => []);
      for (const { id, attempt, step } of jobs) {
        const key = `${id} ${attempt}`;
        this.#samples.set(key, [...(this.#samples.get(key) ?? []), { at, step }]);
      }
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
