import type { RawInputs } from '@trainyard/dataset';
import { untilAborted } from '@trainyard/http';
import type { NdArray } from '@trainyard/ndarray';
import type { ObjectStore } from '@trainyard/object-store';
import { ApiError, invalidRequest, type PredictorAnswer, type PredictorRequest } from '@trainyard/protocol';
import { inSpan } from '@trainyard/telemetry';
import type { TensorFlowRuntime } from '@trainyard/tensorflow';
import { limitsOf, type ServingLimits } from './batching/limits.js';
import type { NamedOutput } from './batching/work.js';
import type { PredictorMetrics } from './metrics/predictor-metrics.js';
import { loadModel } from './models/load-model.js';
import { ModelCache } from './models/model-cache.js';
import { JobDataCache } from './raw/job-data-cache.js';
import { loadJobData, rawInputsOf } from './raw/load-job-data.js';
import { Admission } from './requests/admission.js';
import { toFrame } from './tensors/framed.js';
import { readInputs } from './tensors/read-inputs.js';
import { readRawRows } from './tensors/read-raw-rows.js';
import { topK } from './tensors/top-k.js';
import { toClasses, toJson, toNpz } from './tensors/write-outputs.js';

export interface PredictorOptions {
  readonly store: ObjectStore;
  readonly runtime: TensorFlowRuntime;
  readonly metrics: PredictorMetrics;
  /** What loaded models may take all together. */
  readonly cacheBytes: number;
  /** Inputs of one request, at most. */
  readonly maxBodyBytes: number;
  readonly limits: ServingLimits;
}

/** Answers requests from checkpoints, which it loads when they are first asked for. */
export class Predictor {
  readonly cache: ModelCache;
  readonly admission = new Admission();
  readonly #jobData: JobDataCache;

  constructor(private readonly options: PredictorOptions) {
    const { store, metrics, cacheBytes } = options;
    this.cache = new ModelCache(cacheBytes, (report) => metrics.loaded(report));
    this.#jobData = new JobDataCache((key) => loadJobData(store, key));
  }

  /**
   * @param parts the bytes that came with the request
   * @param signal aborted when nobody waits for the answer any more
   * @returns an npz archive, or a frame, where that is asked for
   * @throws ApiError, DataError, ModelDataError, FormatError, errors of the object storage; the signal's reason
   */
  async predict(request: PredictorRequest, parts: readonly Uint8Array[], signal: AbortSignal): Promise<PredictorAnswer | Buffer> {
    checkTopK(request);
    const key = keyOf(request);
    const leave = this.admission.enter(key, limitsOf(request.serving, this.options.limits).maxQueue);
    try {
      const outputs = await untilAborted(this.#outputs(key, request, parts, signal), signal);
      return await this.#present(request, outputs);
    } finally {
      leave();
    }
  }

  async #outputs(key: string, request: PredictorRequest, parts: readonly Uint8Array[], signal: AbortSignal): Promise<NamedOutput[]> {
    const { store, runtime, metrics, maxBodyBytes, limits } = this.options;
    const { tensors, raw, serving, batch_size: batchSize, layers } = request;
    const rows = raw && (await makeInputs(tensors, rawInputsOf(await this.#jobData.get(raw.data_key)), maxBodyBytes));
    signal.throwIfAborted();
    const load = () => inSpan('load checkpoint', { attributes: { 'trainyard.checkpoint.id': request.checkpoint.id } }, () => loadModel(store, runtime, request, (report) => metrics.ran(report)));
    return this.cache.use(
      key,
      load,
      async (served) => {
        signal.throwIfAborted();
        return served.predict(rows ?? readInputs(tensors, parts, served.model.inputs, maxBodyBytes), { ...limitsOf(serving, limits), batchSize, layers, signal });
      },
      serving.pinned,
    );
  }

  async #present({ outputs: kind, accept, top_k: k, classes }: PredictorRequest, outputs: readonly NamedOutput[]): Promise<PredictorAnswer | Buffer> {
    if (k !== null) {
      const names = classes === null ? {} : await this.#classNames(classes.data_key);
      return toJson(outputs, (output) => topK(output, k, names[output.name]));
    }
    const shown = kind === 'classes' ? outputs.map(({ name, array }) => ({ name, array: toClasses(array) })) : outputs;
    if (accept === 'arrays') return toFrame(shown);
    return accept === 'npz' ? Buffer.from(toNpz(shown)) : toJson(shown);
  }

  /** None where the job's data state is gone: the numbers of classes say as much as they did. */
  async #classNames(dataKey: string) {
    try {
      return (await this.#jobData.get(dataKey)).classes;
    } catch (error) {
      if (error instanceof ApiError && error.code === 'not_found') return {};
      throw error;
    }
  }

  /** Disposes of all models. */
  close(): void {
    this.cache.clear();
  }
}

/** What a loaded model is known by. Of a whole model's file the id says all; weights may be asked for with another JSON. */
const keyOf = ({ checkpoint, model }: PredictorRequest): string => (checkpoint.kind === 'model' ? checkpoint.id : `${checkpoint.id} ${model}`);

/** @throws ApiError 422 for what cannot be asked for together */
function checkTopK({ top_k: k, outputs, accept }: PredictorRequest): void {
  if (k === null) return;
  const problem = outputs === 'classes' ? 'expected top_k, or "outputs": "classes", received both' : accept !== 'json' ? `expected an answer in JSON with top_k, received a request for ${accept === 'npz' ? 'an npz archive' : 'arrays'}` : undefined;
  if (problem !== undefined) throw invalidRequest([{ pointer: '/top_k', code: 'invalid_value', detail: problem }]);
}

/** The model's inputs of rows as the job's files have them. @throws ApiError, DataError that point to what is wrong */
async function makeInputs(tensors: PredictorRequest['tensors'], raw: RawInputs, maxBytes: number): Promise<NdArray[]> {
  const rows = readRawRows(tensors, raw);
  const most = Math.max(1, Math.floor(maxBytes / raw.rowBytes));
  if (rows.count > most) throw new ApiError('too_large', `expected at most ${most} rows at once, of which the inputs take ${raw.rowBytes} bytes each, received ${rows.count}`);
  return raw.make(rows);
}
