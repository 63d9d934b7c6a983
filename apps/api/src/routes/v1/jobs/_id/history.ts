import { listHistory } from '@trainyard/database';
import { HistoryResource, type MetricValue } from '@trainyard/protocol';
import type { App, Deps } from '../../../../deps.js';
import { JobParams, loadTraining } from '../../../../jobs/load-job.js';

export function addHistory(app: App, deps: Deps): void {
  const schema = { tags: ['results'], summary: "Keras's History: epoch, history, params", params: JobParams, response: { 200: HistoryResource } };
  app.get('/v1/jobs/:id/history', { config: { scope: 'read' }, schema }, async (request) => {
    const job = await loadTraining(deps, request);
    const rows = await listHistory(deps.database, job.id);
    const history: Record<string, (MetricValue | null)[]> = {};
    for (const name of new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))) {
      history[name] = rows.map(({ metrics }) => metrics[name] ?? null);
    }
    return { epoch: rows.map(({ epoch }) => epoch), history, params: job.historyParams };
  });
}
