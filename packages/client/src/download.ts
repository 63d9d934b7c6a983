import type { Http, RequestOptions } from './http.js';

/** A file that is being sent. */
export interface Download {
  /** What the server calls it. */
  readonly filename: string;
  /** Of this answer; undefined where the server does not know beforehand. */
  readonly bytes: number | undefined;
  readonly etag: string | undefined;
  readonly body: ReadableStream<Uint8Array>;
}

/** Opens a file. `body` is read to its end, or cancelled, by the caller. */
export async function download(http: Http, path: string, options: RequestOptions = {}): Promise<Download> {
  const response = await http.send(path, { ...options, headers: { accept: '*/*', ...options.headers } });
  const length = response.headers.get('content-length');
  return {
    filename: filenameOf(response.headers.get('content-disposition')) ?? path.split('/').at(-1) ?? 'download',
    bytes: length === null ? undefined : Number(length),
    etag: response.headers.get('etag')?.replaceAll('"', ''),
    body: response.body ?? new Blob([]).stream(),
  };
}

function filenameOf(disposition: string | null): string | undefined {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1];
  if (encoded !== undefined) return decodeURIComponent(encoded);
  return /filename="([^"]*)"/i.exec(disposition ?? '')?.[1];
}
