import { request, type Agent, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';

export interface PostOptions {
  readonly agent: Agent;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
  /** Longer than any answer may take. */
  readonly timeoutMs: number;
  /** So many bytes of the body are sent, and then the connection is broken. */
  readonly cutOffAt?: number | undefined;
}

export interface Posted {
  /** 0: there was no answer. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Or why there was none. */
  readonly body: string;
}

/** A POST over connections that stay open, of which there may be thousands. */
export function post(url: string, { agent, headers, body, timeoutMs, cutOffAt }: PostOptions): Promise<Posted> {
  return new Promise((resolve) => {
    const failed = (error: Error): void => resolve({ status: 0, headers: {}, body: error.message });
    const call = request(url, { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) }, timeout: timeoutMs }, (answer) => {
      text(answer).then((content) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: content }), failed);
    });
    call.on('error', failed).on('timeout', () => call.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)));
    if (cutOffAt === undefined) call.end(body);
    else call.write(body.slice(0, cutOffAt), () => setTimeout(() => call.destroy(new Error('cut off')), 5));
  });
}
