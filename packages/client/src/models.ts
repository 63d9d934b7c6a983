import type { AliasBodyInput, InferModelMetadata, List, ModelMetadata, ModelResource, PredictBody } from '@trainyard/protocol';
import type { Http } from './http.js';
import { infer, type InferRequestTensors, type InferResult } from './infer.js';

/** What to predict for, as TensorFlow Serving takes it, and our options beside. The name says which checkpoint. */
export type ModelPredictInput = { [K in Exclude<keyof PredictBody, 'checkpoint'>]?: PredictBody[K] } & ({ instances: unknown[] } | { inputs: unknown });

/** The answer, by row or by column as the question was. */
export type ModelPredictAnswer = { predictions: unknown[] } | { outputs: unknown };

export interface VersionOption {
  /** One of an alias's versions, or a step of a job's checkpoints; default: what answers now. */
  readonly version?: number;
}

/** `/v1/models` and `/v2/models`: what answers under a name, and asking it. Every method throws ApiProblem or ConnectionError. */
export class Models {
  constructor(private readonly http: Http) {}

  /** Sets an alias, or moves it: from then on this answers under the name. */
  set(name: string, body: AliasBodyInput): Promise<ModelResource> {
    // The same body twice makes one version.
    return this.http.json(pathOf(name), { method: 'PUT', json: body, repeatable: true });
  }

  /** @param name an alias, the id of a job, or `job@checkpoint` */
  get(name: string): Promise<ModelResource> {
    return this.http.json(pathOf(name));
  }

  list(query: { limit?: number; after?: string } = {}): Promise<List<ModelResource>> {
    return this.http.json('/v1/models', { query });
  }

  /** @param version default: the newest one before that which answers */
  rollBack(name: string, version?: number): Promise<ModelResource> {
    return this.http.json(`${pathOf(name)}/rollback`, { method: 'POST', json: { ...(version !== undefined && { version }) } });
  }

  async delete(name: string): Promise<void> {
    await this.http.send(pathOf(name), { method: 'DELETE' });
  }

  /** Deletes a version of an alias that does not answer. */
  deleteVersion(name: string, version: number): Promise<ModelResource> {
    return this.http.json(`${pathOf(name)}/versions/${version}`, { method: 'DELETE' });
  }

  predict(name: string, body: ModelPredictInput, { version }: VersionOption = {}): Promise<ModelPredictAnswer> {
    return this.http.json(`${versionPath(pathOf(name), version)}:predict`, { method: 'POST', json: body });
  }

  /** The model's signature, as TensorFlow Serving tells it. */
  signature(name: string, { version }: VersionOption = {}): Promise<ModelMetadata> {
    return this.http.json(`${versionPath(pathOf(name), version)}/metadata`);
  }

  /** The model's inputs and outputs, as the Open Inference Protocol tells them. */
  metadata(name: string, { version }: VersionOption = {}): Promise<InferModelMetadata> {
    return this.http.json(versionPath(inferencePath(name), version));
  }

  /** Predictions for typed arrays, sent and answered as bytes: for much data many times as fast as JSON. */
  infer(name: string, request: InferRequestTensors, { version }: VersionOption = {}): Promise<InferResult> {
    return infer(this.http, `${versionPath(inferencePath(name), version)}/infer`, request);
  }
}

const pathOf = (name: string): string => `/v1/models/${encodeURIComponent(name)}`;
const inferencePath = (name: string): string => `/v2/models/${encodeURIComponent(name)}`;
const versionPath = (path: string, version: number | undefined): string => (version === undefined ? path : `${path}/versions/${version}`);
