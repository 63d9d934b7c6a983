import { JobsApi } from '@trainyard/stack';
import { uploadChaosData } from '../jobs/chaos-data.js';
import { plainJob } from '../jobs/plain-job.js';
import { runUndisturbed } from '../jobs/undisturbed.js';
import { countFigure, duration, durationFigure, type Figure } from '../report/figures.js';
import { Recorder } from '../site/recorder.js';
import type { Site } from '../site/site.js';
import { Round } from './stale-worker/round.js';
import { promises, type StaleWorkerContext } from './stale-worker/promises.js';
import { defineTrial } from './trial.js';

export const staleWorker = defineTrial({
  name: 'stale-worker',
  title: 'a worker stopped (SIGSTOP, all of it or its supervisor alone) for 60 s (20 s in a short run) and continued, while another takes over',
  load: 'waits',
  counts: { full: 50, short: 5 },
  promises,
  run: (context) => context.sites.with({}, (site) => stopWorkers(context, site)),
});

/** Workers that are stopped at the same time, each with a job of its own. */
const atOnce = 5;
/** Some seconds of training; a job ends long before, or long after, its stopped worker goes on. */
const epochs = { full: 400, short: 60 };

async function stopWorkers(context: StaleWorkerContext, site: Site): Promise<Figure[]> {
  const { count, short, sizeOf, random, say } = context;
  const api = new JobsApi((await site.processes.startApi()).url);
  const recorder = new Recorder([api.url], random);
  await uploadChaosData(api);
  const snapshots = { WORKER_SNAPSHOT_INTERVAL_S: '1', WORKER_SNAPSHOT_EPOCH_INTERVAL_S: '1' };
  const workers = [await site.startWorker(snapshots)];
  const request = plainJob(sizeOf(epochs));
  const undisturbed = await runUndisturbed(api, site.sql, request);
  say(`a job trains for ${duration(undisturbed.trainingMs)} undisturbed`);
  while (workers.length < Math.min(atOnce, count)) workers.push(await site.startWorker(snapshots));

  const takeoverMs: number[] = [];
  let orphans = 0;
  for (let stopped = 0; stopped < count; ) {
    const chosen = workers.slice(0, count - stopped);
    const parts = { site, api, recorder, workers: chosen, request, undisturbed, stopMs: short ? 20_000 : 60_000, startOther: () => site.startWorker({ ...snapshots, WORKER_CONCURRENCY: String(chosen.length) }) };
    const round = await new Round(context, parts).run();
    takeoverMs.push(...round.takeoverMs);
    orphans += round.orphans;
    stopped += chosen.length;
    say(`${stopped} of ${count} workers were stopped and went on`);
  }
  return [durationFigure('from the stop to running again elsewhere', takeoverMs), countFigure('objects that a stale worker left, for the sweep to remove', orphans)];
}
