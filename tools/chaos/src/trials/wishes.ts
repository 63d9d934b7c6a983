import { setTimeout as sleep } from 'node:timers/promises';
import { JobsApi } from '@trainyard/stack';
import { uploadChaosData } from '../jobs/chaos-data.js';
import { heavyJob } from '../jobs/heavy-job.js';
import { measuredJob } from '../jobs/measured-job.js';
import { plainJob } from '../jobs/plain-job.js';
import { runUndisturbed, type Undisturbed } from '../jobs/undisturbed.js';
import { inLanes } from '../lanes.js';
import { countFigure, duration, durationFigure, type Figure } from '../report/figures.js';
import { differencesOf } from '../results/differences.js';
import { readResult } from '../results/job-result.js';
import { faultsOfFinal } from '../results/usable-checkpoint.js';
import { describe, readJob, untilJob } from '../site/jobs-table.js';
import type { Site } from '../site/site.js';
import { defineTrial, type TrialContext } from './trial.js';
import { canPause, endOf, makeWish, trainedBefore, type Wish } from './wishes/wish.js';

const queuedWithinMs = 200;
const runningWithinMs = 2_000;

const promises = {
  queued: `a wish for a queued job is done within ${queuedWithinMs} ms`,
  running: `a wish for a running job is done within ${runningWithinMs / 1000} s and a batch`,
  end: 'a cancelled job is cancelled, a stopped one succeeded with stop_reason user_stop, a paused one is paused',
  checkpoint: 'a job that trained and was cancelled or stopped has a final checkpoint, which can be read and predicted from',
  resumed: 'a job that was paused and resumed comes to what it comes to undisturbed, byte for byte',
} as const;

type Context = TrialContext<keyof typeof promises>;

export const wishes = defineTrial({
  name: 'wishes',
  title: 'cancel, pause and stop at random moments, of queued and running jobs',
  load: 'exact',
  counts: { full: 100, short: 10 },
  promises,
  run: (context) => context.sites.with({}, (site) => wishForThings(context, site)),
});

/** Long enough that no wish comes too late. */
const endless = 100_000;
/** Of the jobs that are paused: they are resumed, and trained to their end. */
const pausedEpochs = 120;

async function wishForThings(context: Context, site: Site): Promise<Figure[]> {
  const { count, random, promises: kept, say } = context;
  const predictor = await site.processes.start('predictor');
  const api = new JobsApi((await site.processes.startApi({ PREDICTOR_URL: predictor.url })).url);
  await uploadChaosData(api);
  const pausing = await canPause(api);
  if (!pausing) kept.skip('resumed', 'the API does not serve pause and resume');
  const wishing = new Wishing(context, site, api);

  const queuedCount = Math.round(count * 0.3);
  for (let i = 0; i < queuedCount; i++) await wishing.ofQueued(pausing && i % 2 === 1 ? 'pause' : 'cancel');
  say(`${queuedCount} wishes for queued jobs`);

  await Promise.all([site.startWorker(), site.startWorker()]);
  const undisturbed = pausing ? await runUndisturbed(api, site.sql, plainJob(pausedEpochs)) : undefined;
  wishing.batchMs = await timeHeavyBatch(api, site);
  say(`a heavy batch takes ${duration(wishing.batchMs)}`);
  const kinds: readonly Wish[] = pausing ? ['cancel', 'stop', 'pause'] : ['cancel', 'stop'];
  const running = random.shuffled(Array.from({ length: count - queuedCount }, (_, i) => kinds[i % kinds.length] as Wish));
  // One at a time: a second or two of a process that gets ready is load enough.
  await inLanes(1, running, (wish, i) => wishing.ofRunning(wish, i, undisturbed));
  return wishing.figures();
}

async function timeHeavyBatch(api: JobsApi, site: Site): Promise<number> {
  const batches = 10;
  const { trainingMs } = await runUndisturbed(api, site.sql, heavyJob(batches));
  return trainingMs / batches;
}

class Wishing {
  /** Milliseconds of a heavy job's batch. */
  batchMs = 0;
  readonly #queuedMs: number[] = [];
  readonly #runningMs: Record<Wish, number[]> = { cancel: [], stop: [], pause: [] };
  #untrained = 0;

  constructor(
    private readonly context: Context,
    private readonly site: Site,
    private readonly api: JobsApi,
  ) {}

  async ofQueued(wish: 'cancel' | 'pause'): Promise<void> {
    const { random, promises: kept } = this.context;
    const { id } = await this.api.submit(plainJob(1));
    await sleep(random.between(0, 50));
    const { tookMs, status } = await makeWish(this.api, id, wish);
    this.#queuedMs.push(tookMs);
    const where = `${id}, ${wish} while queued`;
    kept.check('queued', tookMs <= this.context.atMost(queuedWithinMs) && status === endOf[wish], `${status} after ${duration(tookMs)}`, where);
    const job = await readJob(this.site.sql, id);
    kept.check('end', job.status === endOf[wish], describe(job), where);
    if (wish === 'pause') await makeWish(this.api, id, 'cancel');
  }

  /** @param undisturbed what a job that is paused comes to when it is not */
  async ofRunning(wish: Wish, number: number, undisturbed: Undisturbed | undefined): Promise<void> {
    const { random, promises: kept, say } = this.context;
    const { sql } = this.site;
    const resumable = wish === 'pause' && undisturbed !== undefined && number % 2 === 0;
    const { name, request, batchMs } = resumable ? { name: 'plain', request: plainJob(pausedEpochs), batchMs: 0 } : this.#longJob(number);
    const { id } = await this.api.submit(request);
    await untilJob(sql, id, 'to run', ({ status }) => status === 'running');
    await sleep(random.between(0, resumable ? 0.8 * undisturbed.trainingMs : 3_000));
    const before = await readJob(sql, id);
    const sent = performance.now();
    const { status: answered } = await makeWish(this.api, id, wish);
    if (answered === 'succeeded' && wish === 'pause') return say(`${id} had ended before it could be paused`);
    const job = await untilJob(sql, id, `to be ${endOf[wish]}`, ({ status }) => status === endOf[wish], { everyMs: 5, patienceMs: 60_000 }).catch(() => readJob(sql, id));
    const tookMs = performance.now() - sent;
    if (resumable && job.status === 'succeeded') return say(`${id} came to its end before it could be paused`);
    this.#runningMs[wish].push(tookMs);
    const where = `${id} (${name}), ${wish} while ${describe(before)}`;
    say(`${where}: ${duration(tookMs)}`);
    kept.check('running', tookMs <= this.context.atMost(runningWithinMs + batchMs), `${describe(job)} after ${duration(tookMs)}; a batch takes ${duration(batchMs)}`, where);
    kept.check('end', job.status === endOf[wish] && (wish !== 'stop' || job.stopReason === 'user_stop'), describe(job), where);
    if (wish !== 'pause') await this.#lookAtFinal(id, where);
    else if (resumable) await this.#resume(id, undisturbed, where);
    else await makeWish(this.api, id, 'cancel');
  }

  #longJob(number: number) {
    const jobs = [
      { name: 'plain', request: plainJob(endless), batchMs: 0 },
      { name: 'heavy', request: heavyJob(endless), batchMs: this.batchMs },
      { name: 'plan measured', request: measuredJob(endless + number), batchMs: 0 },
    ] as const;
    return jobs[number % jobs.length] as (typeof jobs)[number];
  }

  async #lookAtFinal(id: string, where: string): Promise<void> {
    const final = (await this.api.checkpoints(id)).find(({ labels }) => labels.includes('final'));
    if (!(await trainedBefore(this.site.sql, id)) && !final) {
      this.#untrained++; // nothing was trained, and there is nothing to keep
      return;
    }
    this.context.promises.nothing('checkpoint', final ? await faultsOfFinal(this.api, id, final) : ['it trained and has no final checkpoint'], where);
  }

  async #resume(id: string, undisturbed: Undisturbed, where: string): Promise<void> {
    const { promises: kept } = this.context;
    await makeWish(this.api, id, 'resume');
    const job = await untilJob(this.site.sql, id, 'to succeed', ({ status }) => status === 'succeeded').catch(() => readJob(this.site.sql, id));
    if (job.status !== 'succeeded') return kept.check('resumed', false, describe(job), where);
    const { weights, optimizer, history, records } = differencesOf(undisturbed.result, await readResult(this.api, this.site.sql, id));
    kept.nothing('resumed', [...weights, ...optimizer, ...history, ...records], where);
  }

  figures(): Figure[] {
    const { cancel, stop, pause } = this.#runningMs;
    return [
      durationFigure('a wish for a queued job', this.#queuedMs),
      durationFigure('cancel of a running job', cancel),
      durationFigure('stop of a running job', stop),
      durationFigure('pause of a running job', pause),
      countFigure('cancelled or stopped before anything was trained', this.#untrained),
    ];
  }
}
