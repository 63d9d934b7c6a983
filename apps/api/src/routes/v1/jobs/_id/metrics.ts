import { Readable } from 'node:stream';
import { listSteps, thinSteps, type Database, type StepBounds, type StoredStep } from '@trainyard/database';
import { ApiError, StepMetrics } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { sendStream } from '../../../../http/send-stream.js';
import { JobParams, loadTraining } from '../../../../jobs/load-job.js';

const step = z.coerce.number().int().min(0).max(2 ** 31 - 1).optional();
const Query = z
  .strictObject({
    keys: z.string().min(1).optional().meta({ description: 'Metrics, separated by commas. Default: all', example: 'loss,acc' }),
    max_points: z.coerce.number().int().min(4).max(100_000).default(1000).meta({ description: 'Rows at most; peaks are kept. CSV has all rows' }),
    from_step: step.meta({ description: 'The first step to answer. Default: that of the job' }),
    to_step: step.meta({ description: 'The last step to answer. Default: that of the job' }),
  })
  .refine(({ from_step: from = 0, to_step: to = Infinity }) => from <= to, { error: 'expected at least from_step', path: ['to_step'] });
const page = 20_000;

/** Metrics of single steps: JSON, thinned out, or with `Accept: text/csv` every row that there is. */
export function addStepMetrics(app: App, { database, ...deps }: Deps): void {
  const schema = { tags: ['results'], summary: 'Metrics by step (also text/csv)', params: JobParams, querystring: Query, response: { 200: StepMetrics } };
  app.get('/v1/jobs/:id/metrics', { config: { scope: 'read' }, schema }, async (request, reply) => {
    const job = await loadTraining({ database, ...deps }, request);
    const { keys: asked, max_points: maxPoints, from_step: from, to_step: to } = request.query;
    const known = await metricNames(database, job.id);
    const keys = asked?.split(',') ?? known;
    const unknown = keys.find((key) => !known.includes(key));
    if (unknown !== undefined && known.length > 0) throw new ApiError('invalid_parameter', `keys: expected some of ${known.join(', ')}, received "${unknown}"`);
    if ((request.headers.accept ?? '').includes('text/csv')) {
      return sendStream(reply, 'text/csv; charset=utf-8', Readable.from(csv(database, job.id, keys, { from, to })));
    }
    const rows = await thinSteps(database, job.id, { keys, from, to, maxRows: maxPoints });
    return {
      step: rows.map(({ step }) => step),
      epoch: rows.map(({ epoch }) => epoch),
      metrics: Object.fromEntries(keys.map((key) => [key, rows.map(({ metrics }) => metrics[key] ?? null)])),
    };
  });
}

/** Every row of a job has the same metrics: those of its compile. */
async function metricNames(database: Database, jobId: string): Promise<string[]> {
  const [first] = await listSteps(database, jobId, { after: -1, limit: 1 });
  return Object.keys(first?.metrics ?? {});
}

async function* allSteps(database: Database, jobId: string, { from = 0, to }: StepBounds): AsyncGenerator<StoredStep> {
  for (let after = from - 1; ; ) {
    const rows = await listSteps(database, jobId, { after, to, limit: page });
    yield* rows;
    if (rows.length < page) return;
    after = rows.at(-1)?.step ?? after;
  }
}

async function* csv(database: Database, jobId: string, keys: readonly string[], bounds: StepBounds): AsyncGenerator<string> {
  yield `step,epoch,${keys.map(quoted).join(',')}\r\n`;
  for await (const { step, epoch, metrics } of allSteps(database, jobId, bounds)) {
    yield `${step},${epoch},${keys.map((key) => String(metrics[key] ?? '')).join(',')}\r\n`;
  }
}

const quoted = (field: string): string => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
