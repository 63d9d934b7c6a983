import { setTimeout as sleep } from 'node:timers/promises';
import { isTerminal, type EventData } from '@trainyard/protocol';
import { waitFor } from '@trainyard/stack';
import { duration } from '../../report/figures.js';
import { readEvents } from '../../results/event-faults.js';
import { inTraining, readAttempts, readJob, type JobRow } from '../../site/jobs-table.js';
import { isAlive } from '../../site/is-alive.js';
import type { Site, SiteWorker } from '../../site/site.js';
import type { WorkClock } from '../../site/work-clock.js';
import { drainedWithinMs, lostAtMostMs, type ProcessKillContext } from './promises.js';

type Signal = 'SIGKILL' | 'SIGTERM';

const childrenGoneWithinMs = 5_000;

/** Ends workers that train, starts them again, and sees when their jobs run again and what was lost. */
export class WorkerKilling {
  readonly drainMs: number[] = [];
  readonly lostMs: number[] = [];
  readonly #again: { readonly signal: Signal; readonly ms: number }[] = [];

  constructor(
    private readonly context: ProcessKillContext,
    private readonly site: Site,
    private readonly clock: WorkClock,
    private readonly workers: readonly SiteWorker[],
  ) {}

  get againMs(): number[] {
    return this.#again.map(({ ms }) => ms);
  }

  againAfter(signal: Signal): number[] {
    return this.#again.filter((again) => again.signal === signal).map(({ ms }) => ms);
  }

  async kill(signal: Signal): Promise<void> {
    const { random } = this.context;
    const victim = await this.#findVictim();
    await sleep(random.between(0, this.context.short ? 1_500 : 30_000));
    const children = await victim.app.children();
    const jobs = (await this.#runningOn(victim)).filter(inTraining);
    const at = Date.now();
    if (signal === 'SIGKILL') await victim.app.kill();
    else await this.#drain(victim);
    const again = Promise.all(jobs.map((job) => this.#follow(job, signal, at)));
    await this.#expectGone(children, victim);
    await sleep(random.between(200, 2_000));
    await victim.app.start();
    await again;
  }

  #runningOn({ name }: SiteWorker): Promise<JobRow[]> {
    return this.site.sql
      .rows<{ id: string }>(`SELECT id FROM jobs WHERE status = 'running' AND worker = $1`, [name])
      .then((rows) => Promise.all(rows.map(({ id }) => readJob(this.site.sql, id))));
  }

  #findVictim(): Promise<SiteWorker> {
    return waitFor('a worker that trains', async () => {
      for (const worker of this.context.random.shuffled(this.workers)) if ((await this.#runningOn(worker)).some(inTraining)) return worker;
      return undefined;
    });
  }

  async #drain({ name, app }: SiteWorker): Promise<void> {
    const started = performance.now();
    await app.stop();
    const ms = performance.now() - started;
    this.drainMs.push(ms);
    const { left } = await this.site.sql.row<{ left: number }>(`SELECT count(*)::int AS left FROM jobs WHERE status = 'running' AND worker = $1`, [name]);
    this.context.promises.check('drained', ms <= this.context.atMost(drainedWithinMs) && left === 0, `it ended after ${duration(ms)}, and ${left} jobs are still its own`, name);
  }

  async #expectGone(children: readonly number[], { name }: SiteWorker): Promise<void> {
    const allGone = async () => ((await Promise.all(children.map(isAlive))).includes(true) ? undefined : true);
    const gone = await waitFor('its processes to end', allGone, { patienceMs: this.context.atMost(childrenGoneWithinMs) }).catch(() => false);
    this.context.promises.check('children', gone, `some of ${children.join(', ')} still run after ${duration(childrenGoneWithinMs)}`, name);
  }

  /** Waits until a job runs again, and measures what it had to train again. */
  async #follow({ id, attempt }: JobRow, signal: Signal, at: number): Promise<void> {
    const { sql } = this.site;
    const next = await waitFor(`${id} to run again`, async () => {
      const started = (await readAttempts(sql, id)).find(({ number }) => number > attempt);
      if (started) return started;
      return isTerminal((await readJob(sql, id)).status) ? ('ended' as const) : undefined;
    });
    if (next === 'ended') return; // before it was killed, or while its worker was told to end
    this.#again.push({ signal, ms: next.startedAt - at });
    const rewound = (await readEvents(sql, id)).find((event) => event.type === 'rewound' && event.attempt === next.number);
    const step = rewound ? (rewound.data as EventData<'rewound'>).step : 0;
    const lost = this.clock.lostSince(id, attempt, step, at);
    this.lostMs.push(lost);
    const where = `${id}, attempt ${attempt}, ${signal}`;
    this.context.say(`${where}: running again after ${duration(next.startedAt - at)}, ${duration(lost)} of work lost`);
    this.context.promises.check('lost', lost <= lostAtMostMs, `${duration(lost)} were lost: attempt ${next.number} went on from step ${step}`, where);
  }
}
