import { lookup as resolve } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isOpened, isPublicAddress } from './address-policy.js';

export interface OutboundPost {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Hosts that the operator has opened although their addresses are not public. */
  readonly allowedHosts: readonly string[];
  /** For the whole exchange. */
  readonly timeoutMs: number;
}

/** The address is none that a job may make this machine send to. */
export class OutboundRefusedError extends Error {
  override readonly name = 'OutboundRefusedError';
  constructor(host: string) {
    super(`${host} is not a public address; the operator of this server can open it (WORKER_OUTBOUND_HOSTS)`);
  }
}

/**
 * Sends a POST that a job asked for. Redirects are not followed and the answer's body is not read.
 *
 * @returns the status of the answer.
 * @throws OutboundRefusedError, or the error of the connection.
 */
export function post({ url, headers, body, allowedHosts, timeoutMs }: OutboundPost): Promise<number> {
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
    request.on('response', (response) => {
      fulfil(response.statusCode ?? 0);
      response.destroy();
    });
    request.end(body);
  });
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
