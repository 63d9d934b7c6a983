import type { JobRequestInput, JsonObject, ValidationResource } from '@trainyard/protocol';
import { Datasets } from './datasets.js';
import { Files } from './files.js';
import { Http, type ClientOptions } from './http.js';
import { Jobs } from './jobs.js';
import { Keys } from './keys.js';
import { Models } from './models.js';
import { WebhookSecret } from './webhook-secret.js';

export interface Readiness {
  /** `degraded`: jobs are taken and answered, and something waits for a part to come back. */
  readonly status: 'ready' | 'degraded' | 'unavailable';
  readonly parts: Readonly<Record<'database' | 'storage' | 'queue' | 'predictor', 'ok' | 'unavailable' | 'not_configured'>>;
  /** Each of those that share the load. */
  readonly predictors: readonly { readonly url: string; readonly state: 'ok' | 'unavailable' }[];
}

/** Trainyard's API, by resource. */
export class Client {
  readonly jobs: Jobs;
  readonly files: Files;
  readonly datasets: Datasets;
  readonly models: Models;
  readonly keys: Keys;
  readonly webhookSecret: WebhookSecret;
  readonly #http: Http;

  constructor(options: ClientOptions) {
    this.#http = new Http(options);
    this.jobs = new Jobs(this.#http);
    this.files = new Files(this.#http);
    this.datasets = new Datasets(this.#http);
    this.models = new Models(this.#http);
    this.keys = new Keys(this.#http);
    this.webhookSecret = new WebhookSecret(this.#http);
  }

  /** What creating this job would say. The body may be a model alone: `{model}`. */
  validate(body: JobRequestInput | JsonObject): Promise<ValidationResource> {
    return this.#http.json('/v1/models:validate', { method: 'POST', json: body });
  }

  /** @throws ConnectionError while the server, its database or its storage is away. */
  ready(): Promise<Readiness> {
    return this.#http.json('/readyz');
  }

  /** The state of each part, also while jobs cannot be taken. @throws ConnectionError while the server is away. */
  readiness(options: { signal?: AbortSignal } = {}): Promise<Readiness> {
    return this.#http.json('/readyz', { alsoAnswers: [503], signal: options.signal });
  }
}
