import { setTimeout as sleep } from 'node:timers/promises';
import { JobsApi, type AppProcess } from '@trainyard/stack';
import { callText, sendHostileCalls } from '../hostile-bodies/send.js';
import { rightCalls } from '../hostile-bodies/right-calls.js';
import { write } from '../hostile-bodies/call.js';
import { chaosSource, uploadChaosData } from '../jobs/chaos-data.js';
import { batchSize, networks, type Network } from '../jobs/models.js';
import { inLanes } from '../lanes.js';
import { countFigure, textFigure, type Figure } from '../report/figures.js';
import { holdingsOf, probeArguments } from '../site/holdings.js';
import { untilAllEnded } from '../site/jobs-table.js';
import type { Site } from '../site/site.js';
import { risen, slope } from '../slope.js';
import { defineTrial, type TrialContext } from './trial.js';

const mebibyte = 2 ** 20;

const promises = {
  answered: 'every call is answered, with a prediction or with a problem of the client: no 5xx, no silence',
  processes: 'neither API nor predictor ends',
  right: 'calls that are right are answered as they were before, to the byte',
  memory: 'live memory of API and predictor stays flat: at most 1 MB for 1,000 calls',
} as const;

type Context = TrialContext<keyof typeof promises>;

export const hostileBodies = defineTrial({
  name: 'hostile-bodies',
  title: '10,000 predict calls with things wrong in them, by every protocol (300 in a short run)',
  load: 'computes',
  onlyInFull: true,
  counts: { full: 10_000, short: 300 },
  promises,
  run: (context) => context.sites.with({}, (site) => sendAll(context, site)),
});

/** Looks at the processes; the first fifth of them is left out, since a process grows until it has done everything once. */
const looks = { full: 20, short: 10 };
const warmUp = 0.2;
/** In MB: what of a body may be there yet when a process is looked at, which a short run cannot tell from growth. */
const most = 8;
/** Until connections that were closed, with the last body that each brought, are gone. */
const settledMs = 1_000;

const models: readonly Network[] = [networks.sequential, networks.two_outputs, networks.stateful_lstm];

async function sendAll({ count, short, sizeOf, random, promises: kept, say }: Context, site: Site): Promise<Figure[]> {
  const parts = sizeOf(looks);
  const predictor = await site.processes.start('predictor', {}, { execArgv: probeArguments });
  const app = await site.processes.start('api', { TRAINYARD_AUTH: 'off', PREDICTOR_URL: predictor.url }, { execArgv: probeArguments });
  const api = new JobsApi(app.url);
  const jobs = await trainAll(api, site);
  const right = (await Promise.all(jobs.map((job) => rightCalls(api, job, random)))).flat();
  // One after another: those that are asked together are computed together, which may round otherwise.
  const answers = (): Promise<string[]> => inLanes(1, right, (call) => answerOf(app, write(call)));
  const before = await answers();
  const refused = before.findIndex((text) => !text.startsWith('200 '));
  if (refused >= 0) throw new Error(`${right[refused]?.what}: expected it to be right, received ${before[refused]}`);

  const processes = { api: app, predictor };
  const pids = Object.values(processes).map(({ pid }) => pid);
  const statuses = new Map<number, number>();
  const samples: Record<keyof typeof processes, { x: number; y: number; rss: number }[]> = { api: [], predictor: [] };
  for (let part = 1; part <= parts; part++) {
    await sendHostileCalls({
      ...{ url: app.url, calls: right, random, count: Math.round(count / parts) },
      onAnswer: (status, faults, call) => {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        kept.check('answered', faults.length === 0, faults.join('; '), callText(call));
      },
    });
    await sleep(settledMs);
    for (const name of ['api', 'predictor'] as const) {
      const { live, rss } = await holdingsOf(processes[name]);
      samples[name].push({ x: (part * count) / parts, y: live, rss });
    }
    say(`${Math.round((part * count) / parts)} calls; live: ${(['api', 'predictor'] as const).map((name) => `${name} ${((samples[name].at(-1)?.y ?? 0) / mebibyte).toFixed(1)} MB`).join(', ')}`);
  }
  kept.check('processes', Object.values(processes).every(({ running, pid }, i) => running && pid === pids[i]), Object.values(processes).map(({ output }) => output.slice(-500)).join('\n'), 'API and predictor');
  const after = await answers();
  for (const [i, call] of right.entries()) kept.check('right', after[i] === before[i], `expected ${before[i]?.slice(0, 200)}, received ${after[i]?.slice(0, 200)}`, `${call.what}: ${call.path}`);
  const grown = (name: keyof typeof processes): number => (1000 * slope(samples[name].slice(warmUp * parts))) / mebibyte;
  const flat = (name: keyof typeof processes): boolean => (short ? risen(samples[name].map(({ y }) => y)) <= most * mebibyte : grown(name) <= 1);
  for (const name of ['api', 'predictor'] as const) kept.check('memory', flat(name), `${grown(name).toFixed(2)} MB for 1,000 calls: ${samples[name].map(({ y }) => (y / mebibyte).toFixed(1)).join(', ')}`, name);
  return [
    ...[...statuses].toSorted(([a], [b]) => a - b).map(([status, times]) => countFigure(status === 0 ? 'cut off' : `answered ${status}`, times)),
    ...(['api', 'predictor'] as const).map((name) => textFigure(`growth of live memory for 1,000 calls, ${name}`, `${grown(name).toFixed(3)} MB`)),
    ...(['api', 'predictor'] as const).map((name) => textFigure(`resident memory of the ${name}, at first and at last`, `${Math.round((samples[name][0]?.rss ?? 0) / mebibyte)} and ${Math.round((samples[name].at(-1)?.rss ?? 0) / mebibyte)} MB`)),
  ];
}

/** A job for each model, trained for an epoch. */
async function trainAll(api: JobsApi, site: Site): Promise<string[]> {
  await uploadChaosData(api);
  const worker = await site.startWorker();
  const ids: string[] = [];
  for (const { model, x, y, loss } of models) {
    const { id } = await api.submit({ model, seed: 3, compile: { optimizer: 'sgd', loss: loss as string }, data: { train: { ...chaosSource, x, y: y as string } }, fit: { batch_size: batchSize, epochs: 1, shuffle: false } });
    ids.push(id);
  }
  const ended = await untilAllEnded(site.sql, ids, { patienceMs: 120_000 });
  const other = ended.find(({ status }) => status !== 'succeeded');
  if (other) throw new Error(`expected ${other.id} to succeed, it is ${other.status}: ${other.error}`);
  await worker.app.stop();
  return ids;
}

async function answerOf({ url }: AppProcess, { path, headers, body }: ReturnType<typeof write>): Promise<string> {
  const response = await fetch(url + path, { method: 'POST', headers, body });
  return `${response.status} ${Buffer.from(await response.arrayBuffer()).toString('latin1')}`;
}
