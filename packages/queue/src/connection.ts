/** What a connection of ioredis is told. */
export interface RedisConnection {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: Record<string, never>;
  readonly connectTimeout: number;
  readonly retryStrategy: (tries: number) => number;
}

/** Where the queue is, and what all of its keys begin with. */
export interface QueueLocation {
  /** `redis://user:password@host:port/db`, or `rediss://` for TLS. */
  readonly url: string;
  /** Installations that share a server differ in it. Default: `trainyard`. */
  readonly prefix?: string;
}

export const queueName = 'deliveries';
export const prefixOf = ({ prefix = 'trainyard' }: QueueLocation): string => prefix;
export const intentChannel = (location: QueueLocation): string => `${prefixOf(location)}:intents`;

/**
 * A Redis URL as ioredis's options.
 *
 * @throws Error when it is not one.
 */
export function redisOptions(url: string): RedisConnection {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw new Error('REDIS_URL: expected redis://host:port, received something that is no URL');
  }
  const database = Number(parsed.pathname.slice(1) || 0);
  if (!/^rediss?:$/.test(parsed.protocol) || !Number.isInteger(database))
    throw new Error(`REDIS_URL: expected redis://user:password@host:port/db, received ${parsed.protocol}//…${parsed.pathname}`);
  return {
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost',
    port: Number(parsed.port || 6379),
    db: database,
    ...(parsed.username === '' ? {} : { username: decodeURIComponent(parsed.username) }),
    ...(parsed.password === '' ? {} : { password: decodeURIComponent(parsed.password) }),
    ...(parsed.protocol === 'rediss:' ? { tls: {} } : {}),
    connectTimeout: 5_000,
    retryStrategy: (tries) => Math.min(50 * 2 ** Math.min(tries, 6), 2_000),
  };
}

/** The queue cannot be reached. Nothing is lost: the database knows what is due, and sweepers deliver it later. */
export class QueueUnavailableError extends Error {
  override readonly name = 'QueueUnavailableError';
}

/** Whom to tell about connections that break. They are made again without anybody's doing. */
export type OnError = (error: Error) => void;
