import type { FileResource, List } from '@trainyard/protocol';
import { download, type Download } from './download.js';
import { isRepeatable, type Body, type Http } from './http.js';

export interface UploadOptions {
  /** Called with the bytes sent so far, for bodies that are streams. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** `/v1/files`: the project's own files. Every method throws ApiProblem or ConnectionError. */
export class Files {
  constructor(private readonly http: Http) {}

  /**
   * Stores a file, streamed: a body of any length takes no memory. Its `uri` is what sources and weights name it by. It is sent
   * again when the connection breaks, unless the body is a stream: then give what opens the stream instead.
   */
  put(path: string, body: Body | (() => Body), { onProgress, signal }: UploadOptions = {}): Promise<FileResource> {
    const sent = (): Body => {
      const own = typeof body === 'function' ? body() : body;
      return onProgress === undefined || !isIterable(own) ? own : counted(own, onProgress);
    };
    const repeatable = typeof body === 'function' || isRepeatable(body);
    return this.http.json(pathOf(path), { method: 'PUT', body: sent, headers: { 'content-type': 'application/octet-stream' }, repeatable, signal });
  }

  get(path: string, options: { signal?: AbortSignal } = {}): Promise<Download> {
    return download(this.http, pathOf(path), options);
  }

  list(query: { prefix?: string; limit?: number; after?: string } = {}): Promise<List<FileResource>> {
    return this.http.json('/v1/files', { query });
  }

  /** All files, page after page. */
  async *all(prefix = ''): AsyncGenerator<FileResource> {
    let after: string | undefined;
    for (;;) {
      const page: List<FileResource> = await this.list(after === undefined ? { prefix, limit: 1000 } : { prefix, limit: 1000, after });
      yield* page.data;
      if (!page.has_more || page.last_id === null) return;
      after = page.last_id;
    }
  }

  async delete(path: string): Promise<void> {
    await this.http.send(pathOf(path), { method: 'DELETE' });
  }
}

const pathOf = (path: string): string => `/v1/files/${path.split('/').map(encodeURIComponent).join('/')}`;

const isIterable = (body: Body): body is AsyncIterable<Uint8Array> & Body => typeof body === 'object' && Symbol.asyncIterator in body;

async function* counted(body: AsyncIterable<Uint8Array>, onProgress: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    yield chunk; // asked for the next one: this one is sent
    bytes += chunk.length;
    onProgress(bytes);
  }
}
