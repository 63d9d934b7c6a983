import type { Client } from '@trainyard/client';
import { isTerminal, jobStatuses, type Job, type JobEvent, type JobKind, type JobStatus, type LogLine } from '@trainyard/protocol';
import { historyPlots } from '../terminal/history-plot.js';
import { historyTable } from '../terminal/history-table.js';
import { kerasMetrics } from '../terminal/keras-bar.js';
import { toJson, type Output } from '../terminal/output.js';
import { table } from '../terminal/table.js';
import { UserError } from '../user-error.js';
import { endOf } from './follow.js';

type Print = (line: string) => void;

/** `trainyard ps`: the newest jobs. */
export async function ps(client: Client, options: { kind?: JobKind; status?: string; limit: number; ids?: boolean; json?: boolean }, print: Print): Promise<void> {
  const status = options.status === undefined ? undefined : statusOf(options.status);
  const { data } = await client.jobs.list({ limit: options.limit, ...(options.kind !== undefined && { kind: options.kind }), ...(status !== undefined && { status }) });
  if (options.ids === true) return data.forEach(({ id }) => print(id));
  if (options.json === true) return print(toJson(data));
  const rows = data.map((job) => [job.id, job.kind, job.name ?? '', job.status, progressOf(job), metricsOf(job), age(job.created_at)]);
  for (const line of table(['JOB', 'KIND', 'NAME', 'STATUS', 'EPOCH', 'METRICS', 'CREATED'], rows)) print(line);
}

/** `trainyard status`: one job in a few lines. */
export async function status(client: Client, id: string, options: { json?: boolean }, print: Print): Promise<void> {
  const job = await client.jobs.get(id);
  if (options.json === true) return print(toJson(job));
  const lines: [string, string][] = [
    ['job', `${job.id}${job.name === null ? '' : ` (${job.name})`}`],
    ['kind', job.kind],
    ['status', [job.status, job.phase, job.stop_reason].filter((part) => part !== null).join(', ')],
    ['model', `${job.model.class_name} ${job.model.name}, ${job.model.total_params.toLocaleString('en')} parameters`],
    ['epoch', progressOf(job)],
    ['metrics', metricsOf(job)],
    ['attempt', `${job.attempt} of ${job.max_attempts}`],
  ];
  if (job.seed !== null) lines.push(['seed', String(job.seed)]);
  if (job.inference !== null) lines.push(['of', `${job.inference.job}, ${job.inference.filename}`]);
  if (job.best !== null) lines.push(['best', `${job.best.monitor} ${job.best.value} in epoch ${job.best.epoch} (from 0)`]);
  if (job.error !== null) lines.push(['error', endOf({ ...job, status: 'failed' }).join(' ')]);
  for (const warning of job.warnings) lines.push(['warning', `${warning.pointer}: ${warning.detail}`]);
  for (const [name, value] of lines) if (value !== '') print(`${name.padEnd(8)} ${value}`);
}

/** `trainyard logs`: the job's log lines; with `follow` also those to come, until it ends. */
export async function logs(client: Client, id: string, options: { follow?: boolean; json?: boolean }, print: Print, signal: AbortSignal): Promise<void> {
  const show = (line: LogLine): void => print(options.json === true ? JSON.stringify(line) : `${line.created_at} ${line.level.padEnd(7)} ${line.message}`);
  if (options.follow !== true) {
    for (let after = 0; ; ) {
      const page = await client.jobs.logs(id, { after, limit: 1000 });
      for (const line of page.data) show(line);
      after = page.data.at(-1)?.seq ?? after;
      if (!page.has_more) return;
    }
  }
  const tell = (event: JobEvent): void => (options.json === true ? print(JSON.stringify(event)) : showEvent(event, print));
  try {
    for await (const item of client.jobs.events(id, { signal })) if (item.type !== 'progress') tell(item);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function showEvent(event: JobEvent, print: Print): void {
  const line = (text: string): void => print(`${event.created_at} ${text}`);
  switch (event.type) {
    case 'log':
      return line(`${event.data.level.padEnd(7)} ${event.data.message}`);
    case 'status':
      return line(`status  ${event.data.status}${event.data.reason === undefined ? '' : ` (${event.data.reason})`}`);
    case 'phase':
      return line(`phase   ${event.data.phase.replace('_', ' ')}`);
    case 'metrics':
      return line(`epoch   ${event.data.epoch + 1}${kerasMetrics(event.data.metrics)}`);
    case 'checkpoint':
      return line(`stored  ${event.data.filename}`);
    case 'pruned':
      return line(`pruned  ${event.data.checkpoints.map(({ filename }) => filename).join(', ')}`);
    case 'plan':
      return line(`plan    ${Object.entries(event.data.plan).map(([name, value]) => `${name} ${JSON.stringify(value)}`).join(', ')} (${event.data.basis})`);
    case 'rewound':
      return line(`rewound to step ${event.data.step}`);
    case 'intent':
      return line(`asked   ${event.data.intent}`);
  }
}

/** `trainyard history`: Keras's History. */
export async function history(client: Client, id: string, options: { plot?: boolean; json?: boolean }, out: Output): Promise<void> {
  const print: Print = (line) => out.write(`${line}\n`);
  const found = await client.jobs.history(id);
  if (options.json === true) return print(toJson(found));
  for (const line of historyTable(found)) print(line);
  if (options.plot === true) for (const line of ['', ...historyPlots(found, out.columns)]) print(line);
}

export interface ModelOptions {
  readonly format: 'summary' | 'json' | 'yaml' | 'config';
  readonly keras?: '2' | '3';
  readonly json?: boolean;
}

/** `trainyard model` */
export async function model(client: Client, id: string, { format, keras, json }: ModelOptions, print: Print): Promise<void> {
  const version = keras === undefined ? undefined : keras === '2' ? 2 : 3;
  print((await client.jobs.model(id, json === true ? 'json' : format, version)).trimEnd());
}

function statusOf(text: string): JobStatus {
  const found = jobStatuses.find((candidate) => candidate === text);
  if (found === undefined) throw new UserError(`--status: expected one of ${jobStatuses.join(', ')}, received ${text}`);
  return found;
}

/** `3/10`, counted from 1 as Keras's progress bar does. */
function progressOf({ kind, progress, status: now }: Job): string {
  if (progress === null || kind !== 'train') return '';
  return `${Math.min(isTerminal(now) ? progress.epoch : progress.epoch + 1, progress.epochs)}/${progress.epochs}`;
}

const metricsOf = (job: Job): string => kerasMetrics(job.latest_metrics).replace(/^ - /, '').replaceAll(' - ', ' ');

/** `5 s`, `3 min`, `2 h`, `4 d` ago. */
export function age(timestamp: string, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(timestamp)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
}
