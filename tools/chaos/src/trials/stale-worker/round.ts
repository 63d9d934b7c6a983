import { setTimeout as sleep } from 'node:timers/promises';
import type { JobRequestInput } from '@trainyard/protocol';
import { waitFor, type AppProcess, type JobsApi } from '@trainyard/stack';
import type { Undisturbed } from '../../jobs/undisturbed.js';
import { duration } from '../../report/figures.js';
import { differencesOf } from '../../results/differences.js';
import { faultsOfEvents, readEvents } from '../../results/event-faults.js';
import { readResult } from '../../results/job-result.js';
import { faultsOfBytes } from '../../results/usable-checkpoint.js';
import { isAlive } from '../../site/is-alive.js';
import { describe, inTraining, readAttempts, readJob, untilAllEnded, untilJob, type AttemptRow } from '../../site/jobs-table.js';
import type { Recorder } from '../../site/recorder.js';
import type { Site, SiteWorker } from '../../site/site.js';
import { changedObjects, findOrphans, listObjects } from './objects.js';
import { noticedWithinMs, type StaleWorkerContext } from './promises.js';
import { describeSessions, isHeld } from './sessions.js';
import { findStaleRows } from './stale-writes.js';

/** A lease must expire, and the worker that takes over may still be starting, on a machine that does much else. */
const takeoverPatienceMs = 40_000;
/** Longest that a job trains before its worker is stopped; never so long that it could have ended. */
const longestBeforeMs = 3_000;
/** Of stops until one falls into a transaction. */
const mostTries = 500;

export interface RoundParts {
  readonly site: Site;
  readonly api: JobsApi;
  readonly recorder: Recorder;
  /** Those that are stopped; each has room for one job. */
  readonly workers: readonly SiteWorker[];
  readonly request: JobRequestInput;
  readonly undisturbed: Undisturbed;
  readonly stopMs: number;
  /** Starts the worker that takes over, with room for all jobs. */
  readonly startOther: () => Promise<SiteWorker>;
}

/** Which processes are stopped; all of them in the middle of a transaction that holds the job's row. */
const ways = ['all', 'supervisor', 'holding its row'] as const;
type How = (typeof ways)[number];

/** A job whose worker is stopped. */
interface Stopped {
  readonly id: string;
  readonly worker: string;
  readonly how: How;
  readonly at: number;
  readonly pids: readonly number[];
  /** The process of the attempt. */
  readonly child: number;
}

/** Gives each worker a job, stops all of them, lets another take over, lets them go on, and looks at what became of the jobs. */
export class Round {
  readonly takeoverMs: number[] = [];
  orphans = 0;

  constructor(
    private readonly context: StaleWorkerContext,
    private readonly parts: RoundParts,
  ) {}

  async run(): Promise<this> {
    const { recorder, request, workers, site, startOther } = this.parts;
    const jobs = await Promise.all(workers.map(() => recorder.submit(request)));
    const stopped = await Promise.all(jobs.map(({ id }) => this.#stop(id)));
    const other = await startOther();
    await Promise.all(stopped.map((job) => this.#continue(job)));
    const ended = await untilAllEnded(site.sql, jobs.map(({ id }) => id), { patienceMs: 300_000 });
    for (const job of stopped) await this.#judge(job, ended.find(({ id }) => id === job.id)?.status ?? 'gone');
    await other.app.stop();
    return this;
  }

  /** Stops the job's worker at a random moment of its training. */
  async #stop(id: string): Promise<Stopped> {
    const { site, workers, undisturbed } = this.parts;
    const { random } = this.context;
    await untilJob(site.sql, id, 'to train', inTraining);
    await sleep(random.between(0, Math.min(longestBeforeMs, undisturbed.trainingMs / 3)));
    const { worker } = await readJob(site.sql, id);
    const own = workers.find(({ name }) => name === worker);
    if (!own) throw new Error(`expected ${id} to run on one of ${workers.map(({ name }) => name).join(', ')}, it is on ${worker}`);
    const [child = 0] = await own.app.children();
    const how = random.pick(ways);
    const pids = how === 'holding its row' ? await this.#freezeHolding(id, own.app) : await site.freezer.freeze(own.app, how);
    return { id, worker: own.name, how, at: Date.now(), pids, child };
  }

  /** Stops a worker while a transaction of it holds the job's row. It is stopped again and again, for milliseconds, until it does. */
  async #freezeHolding(id: string, app: AppProcess): Promise<readonly number[]> {
    const { site } = this.parts;
    for (let tries = 1; ; tries++) {
      const pids = await site.freezer.freeze(app, 'all');
      // What is under way in the server comes to its end; what is held then is held until the worker goes on.
      if (tries > mostTries || ((await isHeld(site.sql, id)) && (await sleep(100), await isHeld(site.sql, id)))) return pids;
      site.freezer.thaw(pids);
      await sleep(this.context.random.between(0, 30));
    }
  }

  /** Waits for the takeover, then lets the stopped worker go on, and sees that it notices. */
  async #continue({ id, worker, how, at, pids, child }: Stopped): Promise<void> {
    const { site, stopMs } = this.parts;
    const { promises: kept, say } = this.context;
    const where = `${id}, ${worker} stopped (${how})`;
    const takenOver = async (): Promise<AttemptRow | undefined> => (await readAttempts(site.sql, id)).find(({ number }) => number === 2);
    const taken = await waitFor(`${id} to be taken over`, takenOver, { patienceMs: this.context.atMost(stopMs + takeoverPatienceMs) }).catch(() => undefined);
    kept.check('taken', taken !== undefined, `not after ${duration(Date.now() - at)}; ${taken ? '' : await describeSessions(site.sql)}`, where);
    if (taken) this.takeoverMs.push(taken.startedAt - at);
    await sleep(Math.max(0, at + stopMs - Date.now()));
    const before = await listObjects(site.store, site.sql, id);
    const status = await readJob(site.sql, id);
    site.freezer.thaw(pids);
    const wentOn = performance.now();
    const gone = await waitFor('the stale attempt to end', async () => ((await isAlive(child)) ? undefined : true), { patienceMs: this.context.atMost(noticedWithinMs) }).catch(() => false);
    say(`${where}, went on after ${duration(Date.now() - at)} when the job was ${describe(status)}, and noticed after ${duration(performance.now() - wentOn)}`);
    if (taken) kept.check('noticed', gone, `process ${child} still runs`, where);
    kept.nothing('checkpoints', changedObjects(before, await listObjects(site.store, site.sql, id)), where);
  }

  async #judge({ id, worker, how }: Stopped, status: string): Promise<void> {
    const { site, api, undisturbed } = this.parts;
    const { promises: kept } = this.context;
    const where = `${id}, ${worker} stopped (${how})`;
    const attempts = await readAttempts(site.sql, id);
    const by = attempts.map((attempt) => attempt.worker).join(', then ');
    kept.check('ended', status === 'succeeded' && attempts.length > 1, `${status}, attempts by ${by}`, where);
    kept.nothing('rows', await findStaleRows(site.sql, id), where);
    if (status !== 'succeeded') return;
    const { weights, optimizer, history, records } = differencesOf(undisturbed.result, await readResult(api, site.sql, id));
    kept.nothing('same', [...weights, ...optimizer, ...history, ...records, ...faultsOfEvents(await readEvents(site.sql, id))], where);
    const files = await Promise.all((await api.checkpoints(id)).map((checkpoint) => faultsOfBytes(api, id, checkpoint)));
    kept.nothing('checkpoints', files.flat(), where);
    this.orphans += (await findOrphans(site.sql, id, await listObjects(site.store, site.sql, id))).length;
  }
}
