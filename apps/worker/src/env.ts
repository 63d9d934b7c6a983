import { hostname } from 'node:os';
import { readTraceSettings, type TraceSettings } from '@trainyard/telemetry';
import { findLibrary } from '@trainyard/tensorflow';
import type { S3Config } from '@trainyard/object-store';
import { type Environment, integerVariable, requiredVariable, textVariable } from '@trainyard/protocol';

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
  readonly snapshots: SnapshotIntervals;
  /** `host` or `host:port`: what jobs may send to although its addresses are not public. */
  readonly outboundHosts: readonly string[];
  /** What becomes of objects that no row names. */
  readonly orphanSweep: OrphanSweep;
  readonly logLevel: string;
  /** By `OTEL_EXPORTER_OTLP_ENDPOINT` and what goes with it; undefined: nothing is traced. */
  readonly tracing: TraceSettings | undefined;
  /** What the training processes inherit: nothing that opens a door. */
  readonly childEnv: Readonly<Record<string, string>>;
}

/** How old the newest snapshot is when another is taken, in milliseconds. */
export interface SnapshotIntervals {
  /** Within an epoch. */
  readonly everyMs: number;
  /** At an epoch's end, where one costs least work. */
  readonly afterEpochMs: number;
}

/** `remove`: what the sweep finds is removed; `report`: it is only told; `off`: there is no sweep. */
export type OrphanSweep = 'remove' | 'report' | 'off';

/** Where objects are. */
export interface StorageConfig {
  readonly url: string;
  readonly s3?: S3Config;
  /** Buckets beside our own that sources may name as `s3://bucket/…`. */
  readonly dataBuckets: readonly string[];
}

/**
 * @throws Error naming the variable that is missing or cannot be used.
 * @throws LibraryNotFoundError when there is no libtensorflow.
 */
export function readEnv(env: Environment = process.env): WorkerEnv {
  return {
    databaseUrl: requiredVariable(env, 'DATABASE_URL'),
    redisUrl: requiredVariable(env, 'REDIS_URL'),
    redisPrefix: textVariable(env, 'REDIS_PREFIX'),
    storage: readStorage(env),
    library: findLibrary(env),
    concurrency: integerVariable(env, 'WORKER_CONCURRENCY', 1, { min: 1, max: 64 }),
    name: textVariable(env, 'WORKER_NAME') ?? `${hostname()}:${process.pid}`,
    stallTimeoutMs: 1000 * integerVariable(env, 'WORKER_STALL_TIMEOUT_S', 1800, { min: 1, max: 604_800 }),
    snapshots: {
      everyMs: 1000 * integerVariable(env, 'WORKER_SNAPSHOT_INTERVAL_S', 45, { min: 0, max: 86_400 }),
      afterEpochMs: 1000 * integerVariable(env, 'WORKER_SNAPSHOT_EPOCH_INTERVAL_S', 10, { min: 0, max: 86_400 }),
    },
    outboundHosts: listVariable(env, 'WORKER_OUTBOUND_HOSTS'),
    orphanSweep: readOrphanSweep(textVariable(env, 'WORKER_ORPHAN_SWEEP') ?? 'remove'),
    logLevel: textVariable(env, 'LOG_LEVEL') ?? 'info',
    tracing: readTraceSettings(env, 'trainyard-worker'),
    childEnv: forChildren(env),
  };
}

function readOrphanSweep(value: string): OrphanSweep {
  if (value === 'remove' || value === 'report' || value === 'off') return value;
  throw new Error(`WORKER_ORPHAN_SWEEP: expected remove, report or off, received "${value}"`);
}

function readStorage(env: Environment): StorageConfig {
  const url = requiredVariable(env, 'OBJECT_STORE_URL');
  const dataBuckets = listVariable(env, 'S3_DATA_BUCKETS');
  const endpoint = textVariable(env, 'S3_ENDPOINT');
  if (endpoint === undefined) return { url, dataBuckets };
  const region = textVariable(env, 'S3_REGION');
  const s3 = { endpoint, accessKey: requiredVariable(env, 'S3_ACCESS_KEY'), secretKey: requiredVariable(env, 'S3_SECRET_KEY'), ...(region !== undefined && { region }) };
  return { url, s3, dataBuckets };
}

/** Entries separated by commas. */
const listVariable = (env: Environment, name: string): string[] =>
  (textVariable(env, name) ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

// What programs and libraries need to find their files and devices. Connection strings and keys are handed over in a
// message instead: what is in the environment can be read by every process that the training starts.
const inherited = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH', 'NODE_EXTRA_CA_CERTS'];
const inheritedPrefixes = ['CUDA_', 'NVIDIA_', 'TF_', 'XLA_', 'OMP_', 'MALLOC_'];

function forChildren(env: Environment): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    if (inherited.includes(name) || inheritedPrefixes.some((prefix) => name.startsWith(prefix))) kept[name] = value;
  }
  return kept;
}
