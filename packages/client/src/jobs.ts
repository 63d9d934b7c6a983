import type { Checkpoint, ContinueBody, HistoryResource, InferenceInput, Job, JobEvent, JobKind, JobRequestInput, JobStatus, JsonObject, List, LogLine, PredictAnswer, PredictBody, ResourceSamples, StepMetrics, TensorBoardFile, TensorBoardPage, WebhookDelivery } from '@trainyard/protocol';
import { isTerminal, newUlid, npzMediaType } from '@trainyard/protocol';
import { download, type Download } from './download.js';
import { followEvents, type FollowOptions, type StreamItem } from './follow-events.js';
import type { Http } from './http.js';
import { watchJobs } from './watch-jobs.js';

export interface ListJobsQuery {
  /** All of them where it is left out. */
  readonly kind?: JobKind | readonly JobKind[];
  readonly status?: JobStatus | readonly JobStatus[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** Jobs whose name contains this, in capital or small letters. */
  readonly name?: string;
  /** Jobs that work, or have worked, from checkpoints of this one. */
  readonly uses?: string;
  readonly limit?: number;
  readonly after?: string;
  readonly order?: 'asc' | 'desc';
}

export interface StepMetricsQuery {
  readonly keys?: readonly string[] | undefined;
  readonly maxPoints?: number | undefined;
  readonly fromStep?: number | undefined;
  readonly toStep?: number | undefined;
}

/** A layer as `GET …/layers` tells it. */
export interface LayerResource {
  readonly name: string;
  readonly class_name: string;
  readonly index: number;
  readonly trainable: boolean;
  readonly config: JsonObject;
  readonly weights: readonly { name: string; shape: number[]; trainable: boolean }[];
  readonly nodes: readonly { input_shapes: (number | null)[][]; output_shapes: (number | null)[][] }[];
}

/** What a checkpoint is downloaded as. */
export type CheckpointFormat = 'h5' | 'keras' | 'tfjs' | 'saved_model';

/** A predict call's body: what has a default may be left out. */
export type PredictInput = { [K in keyof PredictBody]?: PredictBody[K] } & ({ instances: unknown[] } | { inputs: unknown });

/** `/v1/jobs` and what is below it. Every method throws ApiProblem or ConnectionError. */
export class Jobs {
  constructor(private readonly http: Http) {}

  /**
   * Creates a job. It is safe against broken connections: each call has an Idempotency-Key, of its own unless one is given.
   */
  create(body: JobRequestInput | JsonObject, options: { idempotencyKey?: string; signal?: AbortSignal } = {}): Promise<Job> {
    const headers = { 'idempotency-key': options.idempotencyKey ?? newUlid() };
    return this.http.json('/v1/jobs', { method: 'POST', json: body, headers, repeatable: true, signal: options.signal });
  }

  list(query: ListJobsQuery = {}, options: { signal?: AbortSignal } = {}): Promise<List<Job>> {
    return this.http.json('/v1/jobs', { query: { ...query }, signal: options.signal });
  }

  /** A page of jobs, and the page again whenever something on it has changed, until the signal aborts: then it throws what aborted it. */
  watch(query: ListJobsQuery = {}, options: { signal?: AbortSignal } = {}): AsyncGenerator<List<Job>> {
    return watchJobs(this.http, { ...query }, options.signal);
  }

  /** All jobs, page after page. */
  async *all(query: Omit<ListJobsQuery, 'after'> = {}): AsyncGenerator<Job> {
    let after: string | undefined;
    for (;;) {
      const page: List<Job> = await this.list(after === undefined ? query : { ...query, after });
      yield* page.data;
      if (!page.has_more || page.last_id === null) return;
      after = page.last_id;
    }
  }

  /** @param options.waitS hold the answer until the status changes, at most so many seconds (60). */
  get(id: string, options: { waitS?: number; signal?: AbortSignal } = {}): Promise<Job> {
    return this.http.json(pathOf(id), { query: { wait: options.waitS }, signal: options.signal });
  }

  /** The job, once it has ended. */
  async finished(id: string, options: { signal?: AbortSignal } = {}): Promise<Job> {
    for (let job = await this.get(id, options); ; job = await this.get(id, { ...options, waitS: 30 })) {
      if (isTerminal(job.status)) return job;
    }
  }

  cancel(id: string, mode: 'checkpoint' | 'kill' = 'checkpoint'): Promise<Job> {
    return this.#post(id, 'cancel', { mode });
  }

  stop(id: string): Promise<Job> {
    return this.#post(id, 'stop', {});
  }

  /** Keeps a snapshot, and frees the worker. */
  pause(id: string): Promise<Job> {
    return this.#post(id, 'pause', {});
  }

  /** A paused job goes on. */
  resume(id: string): Promise<Job> {
    return this.#post(id, 'resume', {});
  }

  /**
   * A new job that goes on from this one's end until `epochs` have been trained. As safe as `create` against broken connections.
   */
  continue(id: string, body: ContinueBody, options: { idempotencyKey?: string } = {}): Promise<Job> {
    const headers = { 'idempotency-key': options.idempotencyKey ?? newUlid() };
    return this.http.json(`${pathOf(id)}/continue`, { method: 'POST', json: { ...body }, headers, repeatable: true });
  }

  /**
   * A new job that evaluates a checkpoint of this one on a source: Keras's `evaluate` as its `metrics`. As safe as `create` against
   * broken connections.
   */
  evaluate(id: string, body: InferenceInput, options: { idempotencyKey?: string } = {}): Promise<Job> {
    return this.#infer(id, 'evaluate', body, options);
  }

  /** A new job that predicts for a whole source: an npz archive that `downloadPredictions` answers. */
  predictSource(id: string, body: InferenceInput, options: { idempotencyKey?: string } = {}): Promise<Job> {
    return this.#infer(id, 'predictions', body, options);
  }

  /**
   * What a job of kind `predict` has predicted: an npz archive, one array an output.
   *
   * @param options.from the first byte to send, to go on with a download that broke off.
   */
  downloadPredictions(id: string, options: { from?: number; signal?: AbortSignal } = {}): Promise<Download> {
    const { from = 0, signal } = options;
    const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
    return download(this.http, `${pathOf(id)}/predictions/content`, { headers, signal });
  }

  retry(id: string): Promise<Job> {
    return this.#post(id, 'retry', {});
  }

  async delete(id: string): Promise<void> {
    await this.http.send(pathOf(id), { method: 'DELETE' });
  }

  /** Events as they come, until the job has ended. */
  events(id: string, options?: FollowOptions): AsyncGenerator<StreamItem> {
    return followEvents(this.http, id, options);
  }

  listEvents(id: string, query: { after?: number; limit?: number } = {}): Promise<List<JobEvent>> {
    return this.http.json(`${pathOf(id)}/events`, { query });
  }

  history(id: string): Promise<HistoryResource> {
    return this.http.json(`${pathOf(id)}/history`);
  }

  /**
   * Metrics of single steps, thinned out to so many points.
   *
   * @param query.fromStep the first step; with `toStep`, the last one, both included. Default: those of the job.
   */
  metrics(id: string, query: StepMetricsQuery = {}, options: { signal?: AbortSignal } = {}): Promise<StepMetrics> {
    const { keys, maxPoints, fromStep, toStep } = query;
    const asked = { keys: keys?.join(','), max_points: maxPoints, from_step: fromStep, to_step: toStep };
    return this.http.json(`${pathOf(id)}/metrics`, { query: asked, signal: options.signal });
  }

  /** What the job's processes took over time, oldest first: of processor time, memory and a GPU's memory. */
  resources(id: string, options: { signal?: AbortSignal } = {}): Promise<ResourceSamples> {
    return this.http.json(`${pathOf(id)}/resources`, { signal: options.signal });
  }

  logs(id: string, query: { after?: number; limit?: number } = {}): Promise<List<LogLine>> {
    return this.http.json(`${pathOf(id)}/logs`, { query });
  }

  checkpoints(id: string): Promise<List<Checkpoint>> {
    return this.http.json(`${pathOf(id)}/checkpoints`);
  }

  /**
   * A checkpoint's file.
   *
   * @param ref an id, a filename, `best`, `latest`, `final`, or `epoch-N`.
   * @param options.format `keras`: a whole model as the archive that Keras 3 opens; `tfjs`, `saved_model`: a tar for TensorFlow.js, or for
   * TensorFlow and TensorFlow Serving.
   * @param options.from the first byte to send, to go on with a download that broke off.
   */
  downloadCheckpoint(id: string, ref: string, options: { from?: number; format?: CheckpointFormat; signal?: AbortSignal } = {}): Promise<Download> {
    const { from = 0, format, signal } = options;
    const headers: Record<string, string> = from > 0 ? { range: `bytes=${from}-` } : {};
    return download(this.http, `${pathOf(id)}/checkpoints/${encodeURIComponent(ref)}/content`, { query: { format }, headers, signal });
  }

  /**
   * The model's `to_json()`, `to_yaml()`, `summary()` text or `get_config()`, as text.
   *
   * @param keras the major version of Keras that is to read it; default: the one that wrote the model.
   */
  async model(id: string, format: 'json' | 'yaml' | 'summary' | 'config' = 'json', keras?: 2 | 3): Promise<string> {
    const response = await this.http.send(`${pathOf(id)}/model`, { query: { format, keras }, headers: { accept: '*/*' } });
    return response.text();
  }

  async layers(id: string): Promise<LayerResource[]> {
    const { data } = await this.http.json<{ data: LayerResource[] }>(`${pathOf(id)}/layers`);
    return data;
  }

  /** Keras's `get_layer`: by name, or by index from 0. */
  layer(id: string, name: string | number): Promise<LayerResource> {
    return this.http.json(`${pathOf(id)}/layers/${encodeURIComponent(name)}`);
  }

  /** A layer's weights in a checkpoint, as an npz archive with Keras's names. */
  async layerWeights(id: string, name: string | number, query: { checkpoint?: string } = {}): Promise<Uint8Array> {
    const response = await this.http.send(`${pathOf(id)}/layers/${encodeURIComponent(name)}/weights`, { query, headers: { accept: npzMediaType } });
    return new Uint8Array(await response.arrayBuffer());
  }

  tensorboard(id: string): Promise<List<TensorBoardFile>> {
    return this.http.json(`${pathOf(id)}/tensorboard`);
  }

  /** All TensorBoard files in one tar archive. */
  downloadTensorBoard(id: string, options: { signal?: AbortSignal } = {}): Promise<Download> {
    return download(this.http, `${pathOf(id)}/tensorboard`, { query: { format: 'tar' }, signal: options.signal });
  }

  /**
   * Has the server open TensorBoard over the logs of a job, or of several together; answers the page's path. A browser that calls
   * this gets a cookie that opens the page.
   */
  openTensorBoard(ids: string | readonly string[]): Promise<TensorBoardPage> {
    return this.http.json(`${pathOf([ids].flat().join(','))}/tensorboard/ui`, { method: 'POST', json: {} });
  }

  predict(id: string, body: PredictInput): Promise<PredictAnswer> {
    return this.http.json(`${pathOf(id)}/predict`, { method: 'POST', json: body });
  }

  /** Predictions of the arrays in an npz archive, as one. */
  async predictNpz(id: string, npz: Uint8Array, query: { checkpoint?: string; outputs?: 'probabilities' | 'classes'; layers?: readonly string[]; batchSize?: number; deadlineMs?: number } = {}): Promise<Uint8Array> {
    const { checkpoint, outputs, layers, batchSize, deadlineMs } = query;
    const headers = { 'content-type': npzMediaType, accept: npzMediaType };
    const response = await this.http.send(`${pathOf(id)}/predict`, { method: 'POST', body: npz, headers, query: { checkpoint, outputs, layers: layers?.join(','), batch_size: batchSize, deadline_ms: deadlineMs } });
    return new Uint8Array(await response.arrayBuffer());
  }

  /** What the job's webhook was sent, oldest first, with the answers. */
  webhookDeliveries(id: string, query: { limit?: number; after?: string } = {}): Promise<List<WebhookDelivery>> {
    return this.http.json(`${pathOf(id)}/webhook-deliveries`, { query });
  }

  /** Has a worker send the job's webhook a test, once. What came of it is among its deliveries soon. */
  testWebhook(id: string): Promise<WebhookDelivery> {
    return this.http.json(`${pathOf(id)}/webhook-deliveries/test`, { method: 'POST', json: {} });
  }

  #infer(id: string, action: string, body: InferenceInput, options: { idempotencyKey?: string }): Promise<Job> {
    const headers = { 'idempotency-key': options.idempotencyKey ?? newUlid() };
    return this.http.json(`${pathOf(id)}/${action}`, { method: 'POST', json: { ...body }, headers, repeatable: true });
  }

  #post(id: string, action: string, json: JsonObject): Promise<Job> {
    return this.http.json(`${pathOf(id)}/${action}`, { method: 'POST', json });
  }
}

const pathOf = (id: string): string => `/v1/jobs/${encodeURIComponent(id)}`;
