import { countJobs, countPendingWebhooks, sweepTotals, type SweepTotals } from '@trainyard/database';
import { counter, gauge, metricsMediaType, type Histogram } from '@trainyard/http';
import { jobStatuses } from '@trainyard/protocol';
import type { App, Deps } from '../deps.js';
import type { Shadows } from '../models/shadows.js';

/** What Prometheus scrapes. A part that is away leaves its lines out. */
export function addMetrics(app: App, { database, producer, predictors, tensorBoards }: Deps, { durations, shadows }: { durations: Histogram; shadows: Shadows }): void {
  app.get('/metrics', { config: { scope: 'open' }, schema: { tags: ['health'], security: [], summary: 'Prometheus metrics, as text' } }, async (_request, reply) => {
    const [jobs, webhooks, swept, waiting] = await Promise.all([orNone(countJobs(database)), orNone(countPendingWebhooks(database)), orNone(sweepTotals(database)), orNone(producer.waiting())]);
    const memory = process.memoryUsage();
    const parts = [
      durations.text(),
      counter('trainyard_shadow_predictions_total', 'What came of asking shadows what others had answered.', Object.entries(shadows.outcomes).map(([outcome, value]) => ({ labels: { outcome }, value }))),
      gauge('trainyard_up', 'Whether a part answers.', [
        { labels: { part: 'database' }, value: jobs === undefined ? 0 : 1 },
        { labels: { part: 'queue' }, value: waiting === undefined ? 0 : 1 },
      ]),
      jobs === undefined ? '' : gauge('trainyard_jobs', 'Jobs by status.', jobStatuses.map((status) => ({ labels: { status }, value: jobs[status] ?? 0 }))),
      webhooks === undefined ? '' : gauge('trainyard_webhook_deliveries_pending', 'Webhook deliveries that have not been answered with success, nor given up.', [{ value: webhooks }]),
      swept === undefined ? '' : orphansText(swept),
      predictors.isEmpty ? '' : gauge('trainyard_predictor_up', 'Whether a predictor answered when it was last asked.', predictors.states.map(({ url, state }) => ({ labels: { predictor: url }, value: state === 'ok' ? 1 : 0 }))),
      waiting === undefined ? '' : gauge('trainyard_deliveries_waiting', 'Deliveries on the queue.', [{ value: waiting }]),
      gauge('trainyard_tensorboards', 'TensorBoard processes that this API has open.', [{ value: tensorBoards.open }]),
      gauge('process_resident_memory_bytes', 'Resident memory of the API.', [{ value: memory.rss }]),
      gauge('process_uptime_seconds', 'How long the API has run.', [{ value: process.uptime() }]),
    ];
    return reply.type(metricsMediaType).send(parts.join(''));
  });
}

const orNone = <T>(count: Promise<T>): Promise<T | undefined> => count.catch(() => undefined);

/** What all workers have removed together: the numbers lie in the database. */
function orphansText({ objects, bytes, endedAt }: SweepTotals): string {
  return [
    counter('trainyard_orphans_removed_total', 'Objects that were removed since no row named them.', [{ value: objects }]),
    counter('trainyard_orphan_bytes_removed_total', 'Their bytes.', [{ value: bytes }]),
    endedAt === null ? '' : gauge('trainyard_orphan_sweep_timestamp_seconds', 'When the storage was last gone through for such.', [{ value: endedAt.getTime() / 1000 }]),
  ].join('');
}
