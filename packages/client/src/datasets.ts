import { newUlid, type DatasetBody, type DatasetResource, type List } from '@trainyard/protocol';
import type { Http } from './http.js';

/** A dataset as it is written: what has a default may be left out. */
export type DatasetInput = Pick<Partial<DatasetBody>, 'name' | 'metadata'> & { source: Partial<DatasetBody['source']> & Pick<DatasetBody['source'], 'uri'> };

const firstPollMs = 100;
const longestPollMs = 2_000;

/** `/v1/datasets`: named sources, scanned once. Every method throws ApiProblem or ConnectionError. */
export class Datasets {
  constructor(private readonly http: Http) {}

  /** Names a source and has it scanned; safe against broken connections, as a job's creation is. */
  create(body: DatasetInput, options: { idempotencyKey?: string; signal?: AbortSignal } = {}): Promise<DatasetResource> {
    const headers = { 'idempotency-key': options.idempotencyKey ?? newUlid() };
    return this.http.json('/v1/datasets', { method: 'POST', json: body, headers, repeatable: true, signal: options.signal });
  }

  get(id: string, options: { signal?: AbortSignal } = {}): Promise<DatasetResource> {
    return this.http.json(`/v1/datasets/${encodeURIComponent(id)}`, { signal: options.signal });
  }

  list(query: { limit?: number; after?: string } = {}): Promise<List<DatasetResource>> {
    return this.http.json('/v1/datasets', { query });
  }

  /** The dataset, once it has been scanned, or could not be. */
  async scanned(id: string, options: { signal?: AbortSignal } = {}): Promise<DatasetResource> {
    for (let wait = firstPollMs; ; wait = Math.min(longestPollMs, wait * 1.5)) {
      const dataset = await this.get(id, options);
      if (dataset.status !== 'scanning') return dataset;
      await new Promise((resolve) => setTimeout(resolve, wait));
      options.signal?.throwIfAborted();
    }
  }

  async delete(id: string): Promise<void> {
    await this.http.send(`/v1/datasets/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }
}
