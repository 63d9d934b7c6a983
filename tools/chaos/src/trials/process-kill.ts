import { quantile } from '@trainyard/bench/tools';
import { JobsApi } from '@trainyard/stack';
import { uploadChaosData } from '../jobs/chaos-data.js';
import { longEpochsJob } from '../jobs/plain-job.js';
import { runUndisturbed, type Undisturbed } from '../jobs/undisturbed.js';
import { countFigure, duration, durationFigure, type Figure } from '../report/figures.js';
import { differencesOf } from '../results/differences.js';
import { faultsOfEvents, readEvents } from '../results/event-faults.js';
import { readResult } from '../results/job-result.js';
import { describe, untilAllEnded } from '../site/jobs-table.js';
import { Recorder } from '../site/recorder.js';
import type { Site } from '../site/site.js';
import { WorkClock } from '../site/work-clock.js';
import { ApiKilling } from './process-kill/api-killing.js';
import { JobFeed } from './process-kill/job-feed.js';
import { PredictorKilling } from './process-kill/predictor-killing.js';
import { WorkerKilling } from './process-kill/worker-killing.js';
import { promises, runningAgainWithinMs, type ProcessKillContext } from './process-kill/promises.js';
import { defineTrial } from './trial.js';

export const processKill = defineTrial({
  name: 'process-kill',
  title: 'kill -9 of supervisor, API and predictor, SIGTERM of the worker, each started again a moment later',
  load: 'waits',
  counts: { full: 50, short: 5 },
  promises,
  run: (context) => context.sites.with({}, (site) => killProcesses(context, site)),
});

/** Of ten: how often which. */
const shares = ['supervisor', 'worker', 'api', 'predictor', 'supervisor', 'supervisor', 'worker', 'api', 'predictor', 'supervisor'] as const;
/** Milliseconds that a job trains: of short ones, some end before their worker is killed. */
const jobMs = { full: 60_000, short: 3_000 };
/** Jobs under way at once; each of the two workers has room for all, so that none waits for room when the other is gone. */
const jobsAtOnce = { full: 2, short: 1 };

async function killProcesses(context: ProcessKillContext, site: Site): Promise<Figure[]> {
  const { count, short, sizeOf, random, promises: kept, say } = context;
  const atOnce = sizeOf(jobsAtOnce);
  const predictor = await site.processes.start('predictor');
  const apis = await Promise.all([0, 1].map(() => site.processes.startApi({ PREDICTOR_URL: predictor.url })));
  const urls = apis.map(({ url }) => url);
  const api = new JobsApi(urls[0] ?? '');
  const recorder = new Recorder(urls, random);
  await uploadChaosData(api);
  // The full run keeps to the intervals that workers have by default.
  const workerEnv = { WORKER_CONCURRENCY: String(atOnce), ...(short && { WORKER_SNAPSHOT_INTERVAL_S: '1', WORKER_SNAPSHOT_EPOCH_INTERVAL_S: '1' }) };
  const workers = await Promise.all([site.startWorker(workerEnv), site.startWorker(workerEnv)]);
  const { request, undisturbed, sentBefore } = await jobOfLength(api, site, sizeOf(jobMs));
  say(`a job trains for ${duration(undisturbed.trainingMs)} undisturbed`);

  const feed = new JobFeed(site.sql, recorder, request, atOnce);
  const clock = new WorkClock(site.sql);
  const worker = new WorkerKilling(context, site, clock, workers);
  const killers = {
    supervisor: () => worker.kill('SIGKILL'),
    worker: () => worker.kill('SIGTERM'),
    api: new ApiKilling(context, apis, recorder),
    predictor: await PredictorKilling.begin(context, api, predictor, undisturbed.result.id),
  };
  for (const kind of random.shuffled(Array.from({ length: count }, (_, i) => shares[i % shares.length] as (typeof shares)[number]))) {
    say(`killing: ${kind}`);
    const killer = killers[kind];
    await (typeof killer === 'function' ? killer() : killer.kill());
  }
  await feed.stop();
  kept.nothing('acknowledged', [...recorder.contradictions(), ...(await recorder.findLost(site.sql, [...sentBefore, undisturbed.result.id]))], 'table jobs');
  await judge(context, site, api, { all: recorder.jobs.map(({ id }) => id), long: new Set(feed.ids), undisturbed });
  await clock.stop();
  if (worker.againMs.length > 0) {
    const p95 = quantile(worker.againMs, 0.95);
    kept.check('again', p95 <= context.atMost(runningAgainWithinMs), `p95 ${duration(p95)}`, `${worker.againMs.length} attempts`);
  }
  return [
    durationFigure('from kill -9 of the supervisor to running again', worker.againAfter('SIGKILL')),
    durationFigure('from SIGTERM of the worker to running again elsewhere', worker.againAfter('SIGTERM')),
    durationFigure('until a worker that was told to end had ended', worker.drainMs),
    durationFigure('work lost', worker.lostMs),
    countFigure('jobs', recorder.jobs.length),
  ];
}

/** A job of four epochs that trains for about so long. A short job is no measure of a long one: the first steps take longer. */
async function jobOfLength(api: JobsApi, site: Site, ms: number) {
  const epochs = 4;
  const sentBefore: string[] = [];
  for (let steps = 1_000; ; ) {
    const request = longEpochsJob(epochs, steps);
    const undisturbed = await runUndisturbed(api, site.sql, request);
    if (undisturbed.trainingMs >= 0.75 * ms) return { request, undisturbed, sentBefore };
    sentBefore.push(undisturbed.result.id);
    steps = Math.ceil((steps * ms) / undisturbed.trainingMs);
  }
}

async function judge({ promises: kept }: ProcessKillContext, site: Site, api: JobsApi, jobs: { all: readonly string[]; long: ReadonlySet<string>; undisturbed: Undisturbed }): Promise<void> {
  for (const job of await untilAllEnded(site.sql, jobs.all, { patienceMs: 600_000 })) {
    if (job.status !== 'succeeded' || !jobs.long.has(job.id)) {
      kept.check('ended', job.status === 'succeeded', describe(job), job.id);
      continue;
    }
    const { weights, optimizer, history, records } = differencesOf(jobs.undisturbed.result, await readResult(api, site.sql, job.id));
    kept.nothing('ended', [...weights, ...optimizer, ...history, ...records, ...faultsOfEvents(await readEvents(site.sql, job.id))], job.id);
  }
}
