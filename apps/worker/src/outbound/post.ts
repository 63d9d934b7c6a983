import { lookup as resolve } from 'node:dns';
import { request as requestHttp, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { isOpened, isPublicAddress } from './address-policy.js';

export interface OutboundPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Hosts that the operator has opened although their addresses are not public. */
  readonly allowedHosts: readonly string[];
  /** For the whole exchange. */
  readonly timeoutMs: number;
  /** How much of the answer's body is read; by default nothing. */
  readonly keepBytes?: number;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The first bytes of the body, as text. */
  readonly body: string;
}

/** The address is none that a job may make this machine send to. */
export class OutboundRefusedError extends Error {
  override readonly name = 'OutboundRefusedError';
  constructor(host: string) {
    super(`${host} is not a public address; the operator of this server can open it (WORKER_OUTBOUND_HOSTS)`);
  }
}

/**
 * Sends a POST that a job asked for. Redirects are not followed.
 *
 * @throws OutboundRefusedError, or the error of the connection.
 */
export function post({ url, headers, body, allowedHosts, timeoutMs, keepBytes = 0 }: OutboundPost): Promise<OutboundAnswer> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const opened = isOpened(url, allowedHosts);
  if (!opened && isIP(host) !== 0 && !isPublicAddress(host)) return Promise.reject(new OutboundRefusedError(url.host));
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((fulfil, reject) => {
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
      agent: false,
      lookup: opened ? undefined : publicLookup,
      signal: AbortSignal.timeout(timeoutMs),
    });
    request.on('error', (error) => reject(error.name === 'TimeoutError' || error.cause instanceof DOMException ? new Error(`no answer within ${timeoutMs / 1000} s`) : error));
    // From here on an error is the body's: the promise is settled by what it resolves to.
    request.on('response', (response) => fulfil(answerOf(response, keepBytes)));
    request.end(body);
  });
}

async function answerOf(response: IncomingMessage, keepBytes: number): Promise<OutboundAnswer> {
  return { status: response.statusCode ?? 0, headers: response.headers, body: await beginningOf(response, keepBytes) };
}

/** As much of a body as comes in time. The status is the answer: a body that breaks off takes nothing from it. */
async function beginningOf(response: IncomingMessage, bytes: number): Promise<string> {
  const parts: Buffer[] = [];
  let missing = bytes;
  try {
    if (missing > 0)
      for await (const part of response as AsyncIterable<Buffer>) {
        parts.push(part.subarray(0, missing));
        missing -= part.length;
        if (missing <= 0) break;
      }
  } catch {
    // Broken off, or out of time.
  }
  response.destroy();
  // `write` gives whole letters only: the last one may be cut in two.
  return new StringDecoder('utf8').write(Buffer.concat(parts));
}

/** Resolves a name to its public addresses. The connection is made to one of these, so that a second answer cannot differ. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0);
    const open = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = open;
    if (!first) return callback(new OutboundRefusedError(hostname), '', 0);
    return options.all === true ? callback(null, open) : callback(null, first.address, first.family);
  });
};
