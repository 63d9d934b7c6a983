import { hostname } from 'node:os';
import { findLibrary } from '@trainyard/tensorflow';
import type { S3Config } from '@trainyard/object-store';

/** What the worker takes from its environment. This is the only file of the app that reads it. */
export interface WorkerEnv {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** What all keys in Redis begin with; unset: the queue's default. */
  readonly redisPrefix: string | undefined;
  readonly storage: StorageConfig;
  /** libtensorflow's file. */
  readonly library: string;
  /** Attempts that run at the same time. */
  readonly concurrency: number;
  /** Names this worker on the attempts that it runs. */
  readonly name: string;
  /** An attempt that trains nothing for so long is ended, and the job queued again. */
  readonly stallTimeoutMs: number;
  readonly logLevel: string;
  /** What the training processes inherit: nothing that opens a door. */
  readonly childEnv: Readonly<Record<string, string>>;
}

/** Where objects are. */
export interface StorageConfig {
  readonly url: string;
  readonly s3?: S3Config;
  /** Buckets beside our own that sources may name as `s3://bucket/…`. */
  readonly dataBuckets: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * @throws Error naming the variable that is missing or cannot be used.
 * @throws LibraryNotFoundError when there is no libtensorflow.
 */
export function readEnv(env: Env = process.env): WorkerEnv {
  return {
    databaseUrl: required(env, 'DATABASE_URL'),
    redisUrl: required(env, 'REDIS_URL'),
    redisPrefix: text(env, 'REDIS_PREFIX'),
    storage: readStorage(env),
    library: findLibrary(env),
    concurrency: integer(env, 'WORKER_CONCURRENCY', 1, { min: 1, max: 64 }),
    name: text(env, 'WORKER_NAME') ?? `${hostname()}:${process.pid}`,
    stallTimeoutMs: 1000 * integer(env, 'WORKER_STALL_TIMEOUT_S', 1800, { min: 1, max: 604_800 }),
    logLevel: text(env, 'LOG_LEVEL') ?? 'info',
    childEnv: forChildren(env),
  };
}

function readStorage(env: Env): StorageConfig {
  const url = required(env, 'OBJECT_STORE_URL');
  const dataBuckets = (text(env, 'S3_DATA_BUCKETS') ?? '').split(',').map((name) => name.trim()).filter((name) => name !== '');
  const endpoint = text(env, 'S3_ENDPOINT');
  if (endpoint === undefined) return { url, dataBuckets };
  const region = text(env, 'S3_REGION');
  const s3 = { endpoint, accessKey: required(env, 'S3_ACCESS_KEY'), secretKey: required(env, 'S3_SECRET_KEY'), ...(region !== undefined && { region }) };
  return { url, s3, dataBuckets };
}

// What programs and libraries need to find their files and devices. Connection strings and keys are handed over in a
// message instead: what is in the environment can be read by every process that the training starts.
const inherited = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH', 'NODE_EXTRA_CA_CERTS'];
const inheritedPrefixes = ['CUDA_', 'NVIDIA_', 'TF_', 'XLA_', 'OMP_', 'MALLOC_'];

function forChildren(env: Env): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    if (inherited.includes(name) || inheritedPrefixes.some((prefix) => name.startsWith(prefix))) kept[name] = value;
  }
  return kept;
}

/** An empty variable means the same as none: that is how compose files and shells unset one. */
function text(env: Env, name: string): string | undefined {
  const value = env[name];
  return value === undefined || value === '' ? undefined : value;
}

function required(env: Env, name: string): string {
  const value = text(env, name);
  if (value === undefined) throw new Error(`${name}: expected a value in the environment, found none`);
  return value;
}

function integer(env: Env, name: string, otherwise: number, { min, max }: { min: number; max: number }): number {
  const given = text(env, name);
  if (given === undefined) return otherwise;
  const value = Number(given);
  if (!Number.isInteger(value) || value < min || value > max) throw new Error(`${name}: expected an integer from ${min} to ${max}, received ${JSON.stringify(given)}`);
  return value;
}
