import { counter, gauge, Histogram } from '@trainyard/http';
import type { RunReport } from '../batching/batcher.js';
import type { LoadReport, ModelCache } from '../models/model-cache.js';
import type { Admission } from '../requests/admission.js';

const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
const counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** What Prometheus is told of a predictor. Models are not told apart: there may be any number of them. */
export class PredictorMetrics {
  readonly #requests = new Histogram('trainyard_predictor_request_duration_seconds', 'How long predict requests took, by the status of their answers; 499: the client had gone.', seconds);
  readonly #waits = new Histogram('trainyard_predictor_queue_duration_seconds', 'How long requests waited for a run of their model that was loaded.', seconds);
  readonly #runs = new Histogram('trainyard_predictor_run_duration_seconds', 'How long runs of models took.', seconds);
  readonly #batchRows = new Histogram('trainyard_predictor_batch_rows', 'Rows that were predicted for in one run.', counts);
  readonly #batchRequests = new Histogram('trainyard_predictor_batch_requests', 'Requests that were answered by one run.', counts);
  readonly #loads = new Histogram('trainyard_predictor_load_duration_seconds', 'How long it took to load a checkpoint.', seconds);

  /** @param status 499 when nobody waited for the answer any more */
  answered(status: number, took: number): void {
    this.#requests.observe(took, { status });
  }

  ran({ requests, rows, seconds: took, waitedSeconds }: RunReport): void {
    this.#runs.observe(took);
    this.#batchRows.observe(rows);
    this.#batchRequests.observe(requests);
    for (const waited of waitedSeconds) this.#waits.observe(waited);
  }

  loaded({ seconds: took, failed }: LoadReport): void {
    this.#loads.observe(took, { result: failed ? 'failed' : 'ok' });
  }

  /** In Prometheus's text format. */
  text(cache: ModelCache, admission: Admission): string {
    return [
      ...[this.#requests, this.#waits, this.#runs, this.#batchRows, this.#batchRequests, this.#loads].map((histogram) => histogram.text()),
      gauge('trainyard_predictor_requests', 'Requests that are waiting or being answered.', [{ value: admission.present }]),
      gauge('trainyard_predictor_queue_length', 'Requests that wait for a run of their model.', [{ value: cache.waiting }]),
      gauge('trainyard_predictor_models', 'Models in memory, or being loaded.', [{ value: cache.size }]),
      gauge('trainyard_predictor_models_pinned', 'Those of them that stay.', [{ value: cache.pinned }]),
      gauge('trainyard_predictor_cache_bytes', 'What they take, more or less.', [{ value: cache.bytes }]),
      gauge('trainyard_predictor_cache_limit_bytes', 'What they may take.', [{ value: cache.maxBytes }]),
      counter('trainyard_predictor_evictions_total', 'Models that had to make room for others.', [{ value: cache.evictions }]),
      gauge('process_resident_memory_bytes', 'Resident memory of the predictor.', [{ value: process.memoryUsage.rss() }]),
      gauge('process_uptime_seconds', 'How long the predictor has run.', [{ value: process.uptime() }]),
    ].join('');
  }
}
