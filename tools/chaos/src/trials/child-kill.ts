import { setTimeout as sleep } from 'node:timers/promises';
import { JobsApi } from '@trainyard/stack';
import { uploadChaosData } from '../jobs/chaos-data.js';
import { startMonitorServer, type MonitorServer } from '../jobs/monitor-server.js';
import { requestOf, resumeCases, type ResumeCase } from '../jobs/resume-cases.js';
import { runUndisturbed, type Undisturbed } from '../jobs/undisturbed.js';
import { inLanes } from '../lanes.js';
import { countFigure, durationFigure, type Figure } from '../report/figures.js';
import { differencesOf } from '../results/differences.js';
import { faultsOfEvents, readEvents } from '../results/event-faults.js';
import { readResult } from '../results/job-result.js';
import { describe, inTraining, readAttempts, readJob, untilJob, type AttemptRow } from '../site/jobs-table.js';
import type { Random } from '../random.js';
import { Recorder } from '../site/recorder.js';
import { sendSignal } from '../site/send-signal.js';
import type { Site, SiteWorker } from '../site/site.js';
import { defineTrial, type TrialContext } from './trial.js';

const promises = {
  ended: 'every job succeeds, as it would have undisturbed',
  weights: 'the final weights, and those of every checkpoint, are byte for byte those of the undisturbed run',
  optimizer: "the optimizer's state is byte for byte that of the undisturbed run",
  history: 'the History is to the last digit that of the undisturbed run',
  records: 'metrics of steps, events, TensorBoard and CSV logs have no step twice and none missing',
} as const;

export const childKill = defineTrial({
  name: 'child-kill',
  title: 'kill -9 of the training process at a random step: every network, optimizer and callback, data in memory and streamed',
  load: 'computes',
  counts: { full: 100, short: 10 },
  promises,
  run: async (context) => {
    const monitor = await startMonitorServer();
    try {
      return await context.sites.with({}, (site) => killChildren(context, site, monitor));
    } finally {
      monitor.close();
    }
  },
});

/** A job is killed so often at most: of five allowed attempts, three may end before there is a snapshot. */
const mostKills = 3;
const mostTries = 10;
/** A second of training is time enough for one kill, and every callback has acted by then. */
const shortened = (resume: ResumeCase): ResumeCase => ({ ...resume, epochs: 8 });

/** Snapshots as often as they can be stored, and more seldom: then there is more to be undone. */
const snapshotIntervals = ['0', '1'];

async function killChildren(context: TrialContext<keyof typeof promises>, site: Site, monitor: MonitorServer): Promise<Figure[]> {
  const { count, short, random, say } = context;
  const api = new JobsApi((await site.processes.startApi()).url);
  await uploadChaosData(api);
  const start = (seconds: string) => site.startWorker({ WORKER_SNAPSHOT_INTERVAL_S: seconds, WORKER_SNAPSHOT_EPOCH_INTERVAL_S: seconds, WORKER_OUTBOUND_HOSTS: monitor.host });
  const workers = await Promise.all(snapshotIntervals.map(start));
  const killing = new Killing(context, { site, api, recorder: new Recorder([api.url], random), workers, monitor: monitor.url });
  const cases = resumeCases.slice(0, Math.max(count, 10)).map((resume) => (short ? shortened(resume) : resume));
  const undisturbed = new Map(await inLanes(workers.length, cases, async (resume) => [resume, await killing.leaveAlone(resume)] as const));
  say(`${cases.length} undisturbed runs, ${[...undisturbed.values()].map(({ trainingMs }) => (trainingMs / 1000).toFixed(1)).join(', ')} s`);
  await inLanes(workers.length, planOf(count, cases, random), async ({ resume, times }) => {
    // A kill may come too late: then another job of the case is begun.
    let left = times;
    for (let tries = 0; left > 0 && tries < mostTries; tries++) left -= await killing.disturb(resume, undisturbed.get(resume) as Undisturbed, left);
    if (left > 0) throw new Error(`${resume.name}: ${mostTries} jobs had all ended before they could be killed`);
  });
  return killing.figures();
}

/** So many kills, a case after the other, several of some jobs. */
function planOf(count: number, cases: readonly ResumeCase[], random: Random): { resume: ResumeCase; times: number }[] {
  const plan: { resume: ResumeCase; times: number }[] = [];
  for (let left = count; left > 0; left -= plan.at(-1)?.times ?? left) {
    const times = count <= cases.length ? 1 : Math.ceil(random.between(0, mostKills));
    plan.push({ resume: cases[plan.length % cases.length] as ResumeCase, times: Math.min(times, left) });
  }
  return random.shuffled(plan);
}

interface Parts {
  readonly site: Site;
  readonly api: JobsApi;
  readonly recorder: Recorder;
  readonly workers: readonly SiteWorker[];
  readonly monitor: string;
}

class Killing {
  kills = 0;
  #jobs = 0;
  #resumed = 0;
  #resumedWithin = 0;
  readonly #backMs: number[] = [];

  constructor(
    private readonly context: TrialContext<keyof typeof promises>,
    private readonly parts: Parts,
  ) {}

  leaveAlone(resume: ResumeCase): Promise<Undisturbed> {
    const { api, site } = this.parts;
    const { request, csv } = this.#order(resume);
    return runUndisturbed(api, site.sql, request, csv);
  }

  /** Runs a job, kills its process so many times, and compares what it comes to. @returns how often it was killed */
  async disturb(resume: ResumeCase, undisturbed: Undisturbed, times: number): Promise<number> {
    const { recorder, site } = this.parts;
    const { request, csv } = this.#order(resume);
    const { id } = await recorder.submit(request);
    for (let kill = 1; kill <= times; kill++) if (!(await this.#kill(id, kill, undisturbed.trainingMs / times))) break;
    await untilJob(site.sql, id, 'to end', ({ status }) => status === 'succeeded').catch(() => undefined);
    return this.#judge(id, resume, undisturbed, csv);
  }

  #order(resume: ResumeCase) {
    const csv = `logs/${++this.#jobs}.csv`;
    return { request: requestOf(resume, { csv, monitor: this.parts.monitor }), csv: resume.csv ? csv : undefined };
  }

  /** @returns whether there was an attempt to be killed. */
  async #kill(id: string, attempt: number, withinMs: number): Promise<boolean> {
    const { site, workers } = this.parts;
    const training = await untilJob(site.sql, id, `to train in attempt ${attempt}`, (job) => job.attempt >= attempt && inTraining(job)).catch(() => undefined);
    if (!training) return false;
    await sleep(this.context.random.between(0, 0.95 * withinMs));
    const { status, worker } = await readJob(site.sql, id);
    // A worker's first process is the one that trains; the second gets ready for the next job.
    const [pid] = (await workers.find(({ name }) => name === worker)?.app.children()) ?? [];
    return status === 'running' && pid !== undefined && sendSignal(pid, 'SIGKILL');
  }

  async #judge(id: string, resume: ResumeCase, undisturbed: Undisturbed, csv: string | undefined): Promise<number> {
    const { promises, say } = this.context;
    const { api, site } = this.parts;
    const [job, attempts, events] = await Promise.all([readJob(site.sql, id), readAttempts(site.sql, id), readEvents(site.sql, id)]);
    const killed = attempts.filter(({ error }) => error === 'worker_lost');
    if (killed.length === 0 && job.status === 'succeeded') return 0; // every kill came too late
    this.kills += killed.length;
    this.#backMs.push(...killed.flatMap((attempt) => backAfter(attempt, attempts)));
    const rewound = events.flatMap(({ type, data }) => (type === 'rewound' ? [(data as { step: number }).step] : [])).filter((step) => step > 0);
    const epochEnds = new Set((await site.sql.rows<{ step: number }>('SELECT step FROM history_rows WHERE job_id = $1', [id])).map(({ step }) => step));
    this.#resumed += rewound.length;
    this.#resumedWithin += rewound.filter((step) => !epochEnds.has(step)).length;
    const where = `${id} (${resume.name}), ${killed.length} times killed, resumed at ${rewound.map((step) => `step ${step}`).join(', ') || 'the beginning'}`;
    say(`kill ${this.kills} of ${this.context.count}: ${where}`);
    promises.check('ended', job.status === 'succeeded', describe(job), where);
    if (job.status !== 'succeeded') return killed.length;
    const { weights, optimizer, history, records } = differencesOf(undisturbed.result, await readResult(api, site.sql, id, csv));
    promises.nothing('weights', weights, where);
    promises.nothing('optimizer', optimizer, where);
    promises.nothing('history', history, where);
    promises.nothing('records', [...records, ...faultsOfEvents(events)], where);
    return killed.length;
  }

  figures(): Figure[] {
    return [countFigure('attempts that went on from a snapshot', this.#resumed), countFigure('of these within an epoch', this.#resumedWithin), durationFigure('from the kill to running again', this.#backMs)];
  }
}

/** Milliseconds from the end of an attempt to the beginning of the next. */
function backAfter({ number, endedAt }: AttemptRow, attempts: readonly AttemptRow[]): number[] {
  const next = attempts.find((attempt) => attempt.number === number + 1);
  return next && endedAt !== null ? [next.startedAt - endedAt] : [];
}
