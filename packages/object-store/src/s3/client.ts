import http from 'node:http';
import https from 'node:https';
import { Client } from 'minio';
import { ObjectStoreAccessError } from '../errors.js';
import { defaultTimeoutMs, type S3Config } from './config.js';
import { SilentServerError } from './errors.js';

type MinioTransport = NonNullable<ConstructorParameters<typeof Client>[0]['transport']>;

/**
 * A minio client. It does not retry: `ObjectStoreUnavailableError` tells the caller, who knows for how long it is worth it.
 * @throws ObjectStoreAccessError when the endpoint is no URL of a server
 */
export function s3Client(config: S3Config): Client {
  const url = parseEndpoint(config.endpoint);
  const secure = url.protocol === 'https:';
  const { Agent } = secure ? https : http;
  return new Client({
    endPoint: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    useSSL: secure,
    accessKey: config.accessKey,
    secretKey: config.secretKey,
    region: config.region ?? 'us-east-1', // without one the client asks the server for the bucket's before every first request
    transport: transportWithTimeout(secure ? https : http, config.timeoutMs ?? defaultTimeoutMs),
    transportAgent: new Agent({ keepAlive: true }),
    retryOptions: { disableRetry: true },
  });
}

function parseEndpoint(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.pathname !== '/' || url.search !== '' || url.username !== '')
    throw new ObjectStoreAccessError(`S3 endpoint: expected http://host:port or https://host, received ${JSON.stringify(endpoint)}`);
  return url;
}

/** Node waits for an answer for ever; this gives up when nothing moves for `timeoutMs`. Bodies are timed by `responseBody`. */
function transportWithTimeout(transport: typeof http | typeof https, timeoutMs: number): MinioTransport {
  const request = (options: http.RequestOptions, onResponse: (response: http.IncomingMessage) => void): http.ClientRequest => {
    const sent = transport.request(options, onResponse);
    sent.setTimeout(timeoutMs, () => sent.destroy(new SilentServerError(timeoutMs)));
    sent.on('response', () => sent.setTimeout(0));
    return sent;
  };
  return { request } as MinioTransport; // the client calls this one form of `request` only
}
