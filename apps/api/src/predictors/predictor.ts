import { inSpan, traceHeaders, type Attributes } from '@trainyard/telemetry';
import { Pool, type Dispatcher } from 'undici';

/** A predictor that computes is busy for seconds at most; a network that swallows packets answers never. */
const probePatienceMs = 10_000;
/** How often one that is well is probed. */
const probeEveryMs = 10_000;

/** What is sent to a predictor: JSON, or a frame. */
export interface PredictorBody {
  readonly type: string;
  readonly content: string | Uint8Array;
}

/** One predictor, over connections that stay open. */
export class Predictor {
  readonly #pool: Pool;
  readonly #path: string;
  /** What its spans say of it. */
  readonly #server: Attributes;
  #leftOut = false;
  #probing = false;
  #probedAt = performance.now();

  /** @param url `http://host:port`, with a path where a proxy serves it below one. */
  constructor(readonly url: string) {
    const { origin, pathname, hostname, port } = new URL(url);
    this.#path = pathname.endsWith('/') ? pathname : `${pathname}/`;
    this.#server = { 'http.request.method': 'POST', 'server.address': hostname, 'server.port': port === '' ? undefined : Number(port) };
    // As many connections as there are requests: how many of them may wait is the predictor's to say. They have deadlines of their own.
    this.#pool = new Pool(origin, { connections: null, headersTimeout: 0, bodyTimeout: 0 });
  }

  /** Whether it failed, and has not answered since. */
  get leftOut(): boolean {
    return this.#leftOut;
  }

  /** Leaves it out until it answers a probe. */
  leaveOut(): void {
    this.#leftOut = true;
  }

  /**
   * @param path below the predictor's URL.
   * @throws when there is no connection, or it breaks; the signal's reason
   */
  post(path: string, { type, content }: PredictorBody, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    return inSpan(`POST /${path}`, { kind: 'client', attributes: this.#server }, async (span) => {
      const answer = await this.#pool.request({ path: `${this.#path}${path}`, method: 'POST', headers: { 'content-type': type, ...traceHeaders() }, body: content, signal });
      span.set({ 'http.response.status_code': answer.statusCode });
      return answer;
    });
  }

  /** Whether it is time to probe it: at once where it is left out, else every so often. */
  get isDue(): boolean {
    return !this.#probing && (this.#leftOut || performance.now() - this.#probedAt >= probeEveryMs);
  }

  /** Asks whether it lives; it is left out, or no longer, by what it answers. */
  async probe(): Promise<void> {
    this.#probing = true;
    this.#leftOut = !(await this.isAlive(probePatienceMs));
    this.#probing = false;
    this.#probedAt = performance.now();
  }

  /** Whether it answers within so many milliseconds. */
  async isAlive(patienceMs: number): Promise<boolean> {
    try {
      const { statusCode, body } = await this.#pool.request({ path: `${this.#path}healthz`, method: 'GET', signal: AbortSignal.timeout(patienceMs) });
      await body.dump();
      return statusCode === 200;
    } catch {
      return false;
    }
  }

  /** Ends its connections, with what is still asked over them. */
  close(): Promise<void> {
    return this.#pool.destroy();
  }
}
