import { compareAll, requestOf, type Client, type Row } from '@trainyard/client';
import { decodeMetric, type HistoryResource, type Job, type JsonObject } from '@trainyard/protocol';
import { seriesOf } from '../terminal/history-plot.js';
import { kerasNumber } from '../terminal/keras-bar.js';
import { toJson, type Output } from '../terminal/output.js';
import { plot } from '../terminal/plot.js';
import { table } from '../terminal/table.js';
import { UserError } from '../user-error.js';

export interface CompareOptions {
  /** Also what is the same. */
  readonly all?: boolean;
  /** A metric to draw. */
  readonly plot?: string;
  readonly json?: boolean;
}

interface Compared {
  readonly job: Job;
  readonly document: JsonObject;
  readonly history: HistoryResource;
}

/** Longer values are cut, so that jobs stay beside each other. */
const longestValue = 40;

/** `trainyard compare`: in what the specs of jobs differ, the models included, and what came of each. */
export async function compare(client: Client, ids: readonly string[], options: CompareOptions, out: Output): Promise<void> {
  const named = [...new Set(ids)];
  if (named.length < 2) throw new UserError('Expected the ids of two jobs or more');
  const jobs = await Promise.all(named.map((id) => read(client, id)));
  const rows = compareAll(jobs.map(({ document }) => document)).filter(({ differs }) => differs || options.all === true);
  const metrics = [...new Set(jobs.flatMap(({ history }) => Object.keys(history.history)))];
  if (options.json === true) return out.write(`${toJson(asJson(jobs, rows, metrics))}\n`);
  const print = (line: string): void => out.write(`${line}\n`);
  const titles = jobs.map(({ job }) => titleOf(job));
  if (rows.length === 0) print('The specs are the same.');
  else for (const line of table(['SPEC', ...titles], rows.map(({ path, values }) => [path, ...values.map(cut)]))) print(line);
  print('');
  const results = [
    ['job', ...jobs.map(({ job }) => job.id)],
    ['status', ...jobs.map(({ job }) => job.status)],
    ['epochs', ...jobs.map(({ history }) => String(history.epoch.length))],
    ...metrics.map((name) => [name, ...jobs.map(({ history }) => shown(lastOf(history, name)))]),
    ...(jobs.some(({ job }) => job.best !== null) ? [['best', ...jobs.map(({ job: { best } }) => (best === null ? '-' : `${best.monitor} ${kerasNumber(decodeMetric(best.value))} (epoch ${best.epoch})`))]] : []),
  ];
  for (const line of table(['RESULT', ...titles], results)) print(line);
  if (options.plot !== undefined) for (const line of plotted(jobs, titles, options.plot, metrics, out.columns)) print(line);
}

async function read(client: Client, id: string): Promise<Compared> {
  const [job, model, history] = await Promise.all([client.jobs.get(id), client.jobs.model(id, 'config'), client.jobs.history(id)]);
  return { job, document: { ...requestOf(job, {}), model: JSON.parse(model) as JsonObject }, history };
}

function plotted(jobs: readonly Compared[], titles: readonly string[], metric: string, known: readonly string[], columns: number): string[] {
  if (!known.includes(metric)) throw new UserError(`--plot: expected one of ${known.join(', ') || 'the metrics, of which there are none yet'}, received ${metric}`);
  return ['', ...plot(metric, jobs.map(({ history }, i) => seriesOf(history, metric, titles[i])), columns)];
}

function asJson(jobs: readonly Compared[], rows: readonly Row[], metrics: readonly string[]): object {
  return {
    jobs: jobs.map(({ job }) => ({ id: job.id, name: job.name, status: job.status, best: job.best })),
    differences: rows.map(({ path, values }) => ({ path, values: values.map((value) => (value === undefined ? null : (JSON.parse(value) as unknown))) })),
    metrics: Object.fromEntries(metrics.map((name) => [name, jobs.map(({ history }) => lastOf(history, name) ?? null)])),
  };
}

/** Of the last epoch that has it. */
const lastOf = ({ history }: HistoryResource, name: string) => history[name]?.findLast((value) => value !== null);

const shown = (value: ReturnType<typeof lastOf>): string => (value === undefined || value === null ? '-' : kerasNumber(decodeMetric(value)));

const cut = (value: string | undefined): string => (value === undefined ? '-' : value.length > longestValue ? `${value.slice(0, longestValue - 1)}…` : value);

const titleOf = ({ name, id }: Job): string => name ?? `…${id.slice(-6)}`;
