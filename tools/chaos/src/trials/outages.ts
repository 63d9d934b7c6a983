import { whyNoSeaweed } from '@trainyard/bench/seaweed';
import { JobsApi } from '@trainyard/stack';
import { uploadChaosData } from '../jobs/chaos-data.js';
import { plainJob } from '../jobs/plain-job.js';
import { runUndisturbed } from '../jobs/undisturbed.js';
import { countFigure, durationFigure, type Figure } from '../report/figures.js';
import { describe, untilAllEnded } from '../site/jobs-table.js';
import { Recorder } from '../site/recorder.js';
import type { Site } from '../site/site.js';
import { Backlog } from './outages/backlog.js';
import { outageKinds, Outages, type OutageKind } from './outages/outages.js';
import { promises, type OutagesContext } from './outages/promises.js';
import { findIncomplete } from './outages/incomplete.js';
import { defineTrial } from './trial.js';

export const outages = defineTrial({
  name: 'outages',
  title: 'Redis killed, restarted and emptied (FLUSHALL); Postgres killed and restarted; S3 away for 30 s (10 s in a short run); while jobs come in',
  load: 'waits',
  counts: { full: 30, short: outageKinds.length },
  promises,
  run: async (context) => {
    const noS3 = await whyNoSeaweed();
    if (noS3 !== undefined) context.promises.skip('storage', noS3);
    return context.sites.with({ s3: noS3 === undefined }, (site) => breakServers(context, site));
  },
});

const jobs = { full: 1000, short: 100 };
/** Of so many jobs one is left to run: a short run has not the time to train them all. */
const oneRunsOf = { full: 1, short: 7 };
/** Jobs that wait at least, so that workers have something to consume. */
const waiting = { full: 12, short: 6 };

async function breakServers(context: OutagesContext, site: Site): Promise<Figure[]> {
  const { count, short, sizeOf, random, promises: kept, say } = context;
  const apis = await Promise.all([site.processes.startApi(), site.processes.startApi()]);
  const api = new JobsApi(apis[0]?.url ?? '');
  await uploadChaosData(api);
  const recorder = new Recorder(apis.map(({ url }) => url), random);
  await Promise.all([site.startWorker(), site.startWorker()]);
  const request = plainJob(1);
  const undisturbed = await runUndisturbed(api, site.sql, request);

  const total = sizeOf(jobs);
  const backlog = new Backlog(site.sql, recorder, request, { total, waiting: sizeOf(waiting), oneRunsOf: sizeOf(oneRunsOf) });
  const breaking = new Outages(context, site, recorder, request, { longestMs: short ? 10_000 : 30_000 });
  const kinds: readonly OutageKind[] = outageKinds.filter((kind) => kind !== 's3-away' || site.s3);
  const order = random.shuffled(Array.from({ length: count }, (_, i) => kinds[i % kinds.length] as OutageKind));
  for (const [i, kind] of order.entries()) {
    // Spread over all the jobs, a part of which is left for after the last outage.
    await backlog.untilSent(Math.floor((total * (i + 1)) / (count + 2)));
    await breaking.break(kind);
  }
  await backlog.done;
  say(`${recorder.jobs.length} jobs were acknowledged; waiting for their end`);
  const ids = recorder.jobs.map(({ id }) => id);
  const ended = await untilAllEnded(site.sql, ids, { patienceMs: 120_000 + 5_000 * total });
  kept.nothing('lost', [...recorder.contradictions(), ...(await recorder.findLost(site.sql, [undisturbed.result.id]))], 'table jobs');
  for (const job of ended) kept.check('ended', recorder.endedWell(job), describe(job), job.id);
  kept.nothing('same', await findIncomplete(site, undisturbed.result.id, ids), 'tables history_rows and checkpoints');
  if (site.s3) kept.nothing('storage', await breaking.filesMissing(), 'objects of checkpoints');
  return [
    countFigure('jobs acknowledged', ids.length),
    durationFigure('a POST while Redis was away', breaking.postsWithoutRedisMs),
    ...kinds.map((kind) => durationFigure(`${kind}: until workers consumed again`, breaking.consumedAgainMs[kind])),
    countFigure('attempts that were lost or began anew', await attemptsBeyondFirst(site)),
  ];
}

async function attemptsBeyondFirst(site: Site): Promise<number> {
  return (await site.sql.row<{ more: number }>('SELECT count(*)::int AS more FROM attempts WHERE number > 1')).more;
}
