import { Problem } from '@trainyard/protocol';
import { ApiProblem, ConnectionError } from './errors.js';

export interface ClientOptions {
  /** Of the server: `http://127.0.0.1:8000`. */
  readonly url: string;
  /** `ty_…`; not needed where the server's keys are off. */
  readonly apiKey?: string | undefined;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
}

export type Query = Readonly<Record<string, string | number | readonly string[] | Readonly<Record<string, string>> | undefined>>;

/** What a request may be given as its body. */
export type Body = string | Uint8Array | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** Whether it can be sent a second time: a stream is used up. */
export const isRepeatable = (body: Body): boolean => !isStream(body);

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** A body, or what makes one for each try. */
  readonly body?: Body | (() => Body);
  readonly signal?: AbortSignal | undefined;
  /** Whether the request may be sent again when the connection fails. Default: GET may. */
  readonly repeatable?: boolean;
  /** Statuses that are answers as well, besides those of success. */
  readonly alsoAnswers?: readonly number[];
}

const pausesMs = [200, 1_000];

/** Sends requests of one client. */
export class Http {
  readonly #base: URL;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: typeof fetch;

  constructor({ url, apiKey, fetch: given }: ClientOptions) {
    this.#base = new URL(url.endsWith('/') ? url : `${url}/`);
    this.#headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    this.#fetch = given ?? ((input, init) => fetch(input, init)); // a browser's wants no other `this` than its own
  }

  /**
   * The answer to a request, once its headers are there.
   *
   * @throws ApiProblem when the server refuses, ConnectionError when there is no answer, what aborted the signal.
   */
  async send(path: string, options: RequestOptions = {}): Promise<Response> {
    const { method = 'GET', repeatable = method === 'GET', alsoAnswers = [] } = options;
    for (let tries = 0; ; tries++) {
      try {
        const response = await this.#once(path, options);
        if (response.ok || response.status === 304 || alsoAnswers.includes(response.status)) return response;
        throw await toError(response);
      } catch (error) {
        const pauseMs = pausesMs[tries];
        if (!(error instanceof ConnectionError) || !repeatable || pauseMs === undefined) throw error;
        await pause(pauseMs, options.signal);
      }
    }
  }

  /** The JSON of an answer. */
  async json<T>(path: string, options: RequestOptions = {}): Promise<T> {
    const response = await this.send(path, options);
    return (await response.json()) as T;
  }

  async #once(path: string, { method = 'GET', query = {}, headers, json, body, signal }: RequestOptions): Promise<Response> {
    const url = new URL(path.replace(/^\//, ''), this.#base);
    url.search = toSearch(query);
    const sent = json !== undefined ? JSON.stringify(json) : typeof body === 'function' ? body() : body;
    const init: RequestInit & { duplex?: 'half' } = {
      method,
      headers: { accept: 'application/json', ...this.#headers, ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(sent === undefined ? {} : { body: sent as NonNullable<RequestInit['body']> }),
      ...(signal === undefined ? {} : { signal }),
      ...(isStream(sent) ? { duplex: 'half' } : {}),
    };
    try {
      return await this.#fetch(url, init);
    } catch (error) {
      signal?.throwIfAborted();
      throw new ConnectionError(`no answer from ${url.origin}: ${reasonOf(error)}`, { cause: error });
    }
  }
}

const isStream = (body: Body | undefined): boolean => typeof body === 'object' && !(body instanceof Uint8Array) && !(body instanceof Blob);

function toSearch(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    if (typeof value !== 'object') search.append(name, String(value));
    else if (Array.isArray(value)) for (const item of value as readonly string[]) search.append(name, item);
    else for (const [key, item] of Object.entries(value)) search.append(`${name}[${key}]`, item);
  }
  return search.toString();
}

async function toError(response: Response): Promise<Error> {
  const text = await response.text();
  const problem = Problem.safeParse(parseJson(text));
  if (problem.success) return new ApiProblem(problem.data);
  return new ConnectionError(`${new URL(response.url).origin} answered ${response.status}, and not as Trainyard does: ${text.slice(0, 200)}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Node's fetch says "fetch failed" and keeps what happened as the cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as { cause?: { code?: string; message?: string }; message?: string };
  return cause?.code ?? cause?.message ?? message ?? String(error);
}

/** Waits; ends early, with the signal's reason, when that is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}
