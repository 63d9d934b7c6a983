import { JobsApi } from '@trainyard/stack';
import { uploadChaosData } from '../jobs/chaos-data.js';
import { plainJob } from '../jobs/plain-job.js';
import { inLanes } from '../lanes.js';
import { countFigure, textFigure, type Figure } from '../report/figures.js';
import { probeArguments } from '../site/holdings.js';
import { describe, untilAllEnded } from '../site/jobs-table.js';
import type { Site } from '../site/site.js';
import { risen, slope } from '../slope.js';
import { measureAtRest, processesOf, type Sample } from './endurance/measure.js';
import { defineTrial, type TrialContext } from './trial.js';

const mebibyte = 2 ** 20;
/** Bytes that a supervisor may grow by with a job. */
const growth = mebibyte / 100;

const promises = {
  ended: 'every job succeeds',
  memory: "the supervisor's memory stays flat: at most 1 MB for 100 jobs",
  processes: 'no process is left behind',
  files: 'no file is left behind: none open, none temporary, and none in the object store of a job that was deleted',
  sockets: 'no socket is left open',
  rows: 'no row is left of a job that was deleted, and nothing in the queue',
} as const;

type Context = TrialContext<keyof typeof promises>;

export const endurance = defineTrial({
  name: 'endurance',
  title: '1,000 short jobs in a row on one worker (100 in a short run)',
  load: 'computes',
  counts: { full: 1000, short: 100 },
  promises,
  run: (context) => context.sites.with({}, (site) => endure(context, site)),
});

/** In bytes: a heap that is collected differs by so much, which a short run cannot tell from growth. */
const mostRisen = 4 * mebibyte;
/** As often the worker is looked at. */
const parts = { full: 20, short: 4 };
/** Shares of the looks that are left out: a process grows until it has done everything once. */
const warmUp = 0.2;

async function endure(context: Context, site: Site): Promise<Figure[]> {
  const { count, sizeOf, promises: kept, say } = context;
  const looks = sizeOf(parts);
  const api = new JobsApi((await site.processes.startApi()).url);
  await uploadChaosData(api);
  const worker = await site.startWorker({}, { execArgv: probeArguments });
  const samples: Sample[] = [];
  const ids: string[] = [];
  const started = performance.now();
  for (let part = 1; part <= looks; part++) {
    const size = Math.round((part * count) / looks) - ids.length;
    const sent = await inLanes(2, Array.from({ length: size }), async () => (await api.submit(plainJob(1))).id);
    for (const job of await untilAllEnded(site.sql, sent, { patienceMs: 60_000 + 10_000 * size })) kept.check('ended', job.status === 'succeeded', describe(job), job.id);
    ids.push(...sent);
    const sample = await measureAtRest(site, worker, ids.length);
    samples.push(sample);
    say(`${ids.length} jobs: ${(sample.live / mebibyte).toFixed(1)} MB live, ${(sample.rss / mebibyte).toFixed(0)} MB resident, ${sample.files} files, ${sample.sockets} sockets, ${sample.children} processes, ${sample.keys} keys`);
  }
  const seconds = (performance.now() - started) / 1000;
  judge(context, samples);
  await judgeWhatIsLeft(context, site, api, ids);
  await worker.app.stop();
  const left = (await processesOf(site)).filter((text) => text.includes('worker'));
  kept.nothing('processes', left, 'after the worker has ended');
  const settled = settledOf(samples);
  return [
    textFigure('jobs a second', (count / seconds).toFixed(2)),
    textFigure('growth of live memory for 100 jobs', `${((100 * growthOf(settled, 'live')) / mebibyte).toFixed(3)} MB`),
    textFigure('growth of resident memory for 100 jobs', `${((100 * growthOf(settled, 'rss')) / mebibyte).toFixed(3)} MB`),
    textFigure('resident memory, at first and at last', `${Math.round((settled[0]?.rss ?? 0) / mebibyte)} and ${Math.round((samples.at(-1)?.rss ?? 0) / mebibyte)} MB`),
    countFigure('connections to the database, at last', samples.at(-1)?.connections ?? 0),
  ];
}

const settledOf = (samples: readonly Sample[]): readonly Sample[] => samples.slice(Math.floor(warmUp * samples.length));

/** Growth a job. */
const growthOf = (samples: readonly Sample[], what: 'live' | 'rss'): number => slope(samples.map((sample) => ({ x: sample.jobs, y: sample[what] })));

function judge({ short, promises: kept }: Context, samples: readonly Sample[]): void {
  const settled = settledOf(samples);
  const [first, last] = [settled[0] as Sample, settled.at(-1) as Sample];
  // Pages of a heap come and go by more than a short run may grow: there, what is alive tells.
  for (const what of short ? (['live'] as const) : (['live', 'rss'] as const)) {
    const grown = growthOf(settled, what);
    kept.check('memory', short ? risen(settled.map((sample) => sample[what])) <= mostRisen : grown <= growth, `${what}: ${((100 * grown) / mebibyte).toFixed(2)} MB for 100 jobs: ${settled.map((sample) => (sample[what] / mebibyte).toFixed(1)).join(', ')}`, 'supervisor');
  }
  kept.check('processes', last.children <= 1, `${last.children} processes where one gets ready for the next job`, 'children of the supervisor');
  kept.check('files', last.files <= first.files, `${last.files} open, after ${first.jobs} jobs it was ${first.files}`, 'supervisor');
  kept.check('files', last.temporary === 0, `${last.temporary} temporary files`, 'the folder for temporary files');
  // Connections to the database are opened by need and closed when idle.
  kept.check('sockets', last.sockets <= first.sockets + 2, `${last.sockets} open, after ${first.jobs} jobs it was ${first.sockets}`, 'supervisor');
  kept.check('sockets', last.connections <= first.connections + 4, `${last.connections}, after ${first.jobs} jobs it was ${first.connections}`, 'connections to the database');
  kept.check('rows', last.keys <= first.keys, `${last.keys} keys, after ${first.jobs} jobs it was ${first.keys}`, 'Redis');
}

/** Deletes all jobs, and looks what is left of them. */
async function judgeWhatIsLeft({ promises: kept }: Context, site: Site, api: JobsApi, ids: readonly string[]): Promise<void> {
  const statuses = await inLanes(4, ids, async (id) => (await api.call('DELETE', `/v1/jobs/${id}`)).status);
  const refused = statuses.filter((status) => status >= 300);
  kept.check('rows', refused.length === 0, `${refused.length} jobs could not be deleted: ${[...new Set(refused)].join(', ')}`, 'DELETE /v1/jobs');
  for (const table of ['jobs', 'attempts', 'events', 'history_rows', 'metric_rows', 'metric_extremes', 'resource_samples', 'checkpoints']) {
    const { left } = await site.sql.row<{ left: number }>(`SELECT count(*)::int AS left FROM ${table}`);
    kept.check('rows', left === 0, `${left} rows`, `table ${table}`);
  }
  const objects: string[] = [];
  for await (const { key } of site.store.list('projects/')) if (key.includes('/jobs/')) objects.push(key);
  kept.nothing('files', objects.slice(0, 5), `${objects.length} objects of deleted jobs`);
}
