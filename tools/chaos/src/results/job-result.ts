import { readEventFile } from '@trainyard/bench/tools';
import type { Checkpoint } from '@trainyard/protocol';
import type { JobsApi } from '@trainyard/stack';
import type { Connection } from '../site/connection.js';
import { readCheckpoint, type CheckpointContent } from './checkpoint-content.js';

/** What a job came to, as its user finds it. */
export interface JobResult {
  readonly id: string;
  readonly plan: string;
  readonly stopReason: string | null;
  /** The answer of `/history`, as text: JSON keeps every bit of a number. */
  readonly history: string;
  readonly checkpoints: readonly (Pick<Checkpoint, 'filename' | 'epoch' | 'step' | 'kind' | 'labels'> & { readonly content: CheckpointContent })[];
  readonly steps: StepRows;
  /** Of epochs in the TensorBoard log, in its order: `tag@epoch`. */
  readonly scalars: readonly string[];
  /** Steps of which the TensorBoard log tells the loss, in its order. */
  readonly scalarSteps: readonly number[];
  /** The file of its CSVLogger, if it has one. */
  readonly csv: string | undefined;
}

/** Metrics of single steps. */
export interface StepRows {
  /** Every how many steps there is a row. */
  readonly every: number;
  /** Metrics as JSON, by step, in the order of the steps. */
  readonly rows: ReadonlyMap<number, string>;
}

/** Reads all that a job has left. @param csv the name of its CSVLogger's file */
export async function readResult(api: JobsApi, sql: Connection, id: string, csv?: string): Promise<JobResult> {
  const { plan, stop_reason: stopReason } = await api.job(id);
  const [history, checkpoints, steps, log] = await Promise.all([api.history(id), api.checkpoints(id), readSteps(sql, id), readScalars(api, id)]);
  return {
    id,
    plan: JSON.stringify(plan),
    stopReason,
    history: JSON.stringify(history),
    checkpoints: await Promise.all(checkpoints.map(async ({ id: checkpoint, filename, epoch, step, kind, labels }) => ({ filename, epoch, step, kind, labels, content: await readCheckpoint(api, id, { id: checkpoint, kind }) }))),
    steps,
    scalars: log.filter((scalar) => !scalar.startsWith('batch_')),
    scalarSteps: log.filter((scalar) => scalar.startsWith('batch_loss@')).map((scalar) => Number(scalar.split('@')[1])),
    csv: csv === undefined ? undefined : Buffer.from(await api.bytes(`/v1/files/${csv}`)).toString('utf8'),
  };
}

async function readSteps(sql: Connection, id: string): Promise<StepRows> {
  const { every } = await sql.row<{ every: number }>('SELECT metrics_every AS every FROM jobs WHERE id = $1', [id]);
  const rows = await sql.rows<{ step: number; metrics: string }>('SELECT step, metrics::text FROM metric_rows WHERE job_id = $1 ORDER BY step', [id]);
  return { every, rows: new Map(rows.map(({ step, metrics }) => [step, metrics])) };
}

async function readScalars(api: JobsApi, id: string): Promise<string[]> {
  const { data } = await api.get<{ data: { path: string }[] }>(`/v1/jobs/${id}/tensorboard`);
  const files = data.map(({ path }) => path).filter((path) => path.includes('.tfevents.')).sort();
  const events = await Promise.all(files.map(async (file) => readEventFile(await api.bytes(`/v1/jobs/${id}/tensorboard/${file}`))));
  return events.flat().flatMap(({ step, tags }) => tags.map((tag) => `${tag}@${step}`));
}
