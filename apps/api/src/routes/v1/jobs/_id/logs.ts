import { listLogs } from '@trainyard/database';
import { listOf, LogLine } from '@trainyard/protocol';
import { z } from 'zod';
import type { App, Deps } from '../../../../deps.js';
import { JobParams, loadJob } from '../../../../jobs/load-job.js';

const Query = z.strictObject({
  after: z.coerce.number().int().min(0).default(0).meta({ description: 'Lines with a higher number' }),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
});

export function addLogs(app: App, deps: Deps): void {
  const schema = { tags: ['results'], summary: 'The log lines of a job', params: JobParams, querystring: Query, response: { 200: listOf(LogLine) } };
  app.get('/v1/jobs/:id/logs', { config: { scope: 'read' }, schema }, async (request) => {
    const job = await loadJob(deps, request);
    const { after, limit } = request.query;
    const lines = await listLogs(deps.database, job.id, { after, limit: limit + 1 });
    const data = lines.slice(0, limit);
    const [first, last] = [data[0], data.at(-1)].map((line) => (line === undefined ? null : String(line.seq)));
    return { object: 'list' as const, data, first_id: first ?? null, last_id: last ?? null, has_more: lines.length > limit };
  });
}
