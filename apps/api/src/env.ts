import { homedir } from 'node:os';
import path from 'node:path';
import type { S3Config } from '@trainyard/object-store';
import { type Environment, fetchedTensorBoard, integerVariable, requiredVariable, type Retention, textVariable } from '@trainyard/protocol';
import { readTraceSettings, type TraceSettings } from '@trainyard/telemetry';
import type { TensorBoardSettings } from './tensorboard/settings.js';

/** What the API takes from its environment. This is the only file of the app that reads it. */
export interface ApiEnv {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** What all keys in Redis begin with; unset: the queue's default. */
  readonly redisPrefix: string | undefined;
  readonly storage: { readonly url: string; readonly s3?: S3Config };
  readonly host: string;
  /** 0: one that is free. */
  readonly port: number;
  /** Where predictors listen; without one, predict calls answer 503. */
  readonly predictorUrls: readonly string[];
  /** Whether requests need an API key. */
  readonly auth: boolean;
  /** What is kept of jobs that say nothing of it. */
  readonly retention: Retention;
  readonly tensorBoard: TensorBoardSettings;
  readonly logLevel: string;
  /** By `OTEL_EXPORTER_OTLP_ENDPOINT` and what goes with it; undefined: nothing is traced. */
  readonly tracing: TraceSettings | undefined;
}

/** @throws Error naming the variable that is missing or cannot be used. */
export function readEnv(env: Environment = process.env): ApiEnv {
  const host = textVariable(env, 'HOST') ?? '127.0.0.1';
  return {
    databaseUrl: requiredVariable(env, 'DATABASE_URL'),
    redisUrl: requiredVariable(env, 'REDIS_URL'),
    redisPrefix: textVariable(env, 'REDIS_PREFIX'),
    storage: readStorage(env),
    host,
    port: readPort(textVariable(env, 'PORT') ?? '8000'),
    predictorUrls: readUrls('PREDICTOR_URL', textVariable(env, 'PREDICTOR_URL') ?? ''),
    auth: readAuth(textVariable(env, 'TRAINYARD_AUTH') ?? 'on', host),
    retention: {
      keep_last_checkpoints: integerVariable(env, 'RETENTION_KEEP_LAST_CHECKPOINTS', 0, { min: 0, max: 1_000_000 }) || null,
      delete_after_days: integerVariable(env, 'RETENTION_DELETE_AFTER_DAYS', 0, { min: 0, max: 36_500 }) || null,
    },
    tensorBoard: readTensorBoard(env),
    logLevel: textVariable(env, 'LOG_LEVEL') ?? 'info',
    tracing: readTraceSettings(env, 'trainyard-api'),
  };
}

function readTensorBoard(env: Environment): TensorBoardSettings {
  const cache = textVariable(env, 'TRAINYARD_CACHE') ?? path.join(homedir(), '.cache', 'trainyard');
  return {
    program: textVariable(env, 'TRAINYARD_TENSORBOARD'),
    fetched: path.join(cache, fetchedTensorBoard),
    path: env['PATH'] ?? '',
    python: textVariable(env, 'TRAINYARD_PYTHON') ?? 'python3',
    maxRunning: integerVariable(env, 'TENSORBOARD_MAX_RUNNING', 4, { min: 1, max: 1_000 }),
    maxBytes: integerVariable(env, 'TENSORBOARD_MAX_MB', 1024, { min: 1, max: 1_000_000 }) * 2 ** 20,
    idleMs: integerVariable(env, 'TENSORBOARD_IDLE_S', 600, { min: 1, max: 86_400 }) * 1000,
  };
}

/** Whether an address can be reached from this machine alone. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

function readAuth(value: string, host: string): boolean {
  if (value !== 'on' && value !== 'off') throw new Error(`TRAINYARD_AUTH: expected on or off, received "${value}"`);
  if (value === 'off' && !isLoopback(host))
    throw new Error(`TRAINYARD_AUTH: off works on a loopback address only, and HOST is ${host}; leave it on, or set HOST=127.0.0.1`);
  return value === 'on';
}

/** Of a list, separated by commas. */
function readUrls(name: string, value: string): string[] {
  const urls = value.split(',').map((part) => part.trim()).filter((part) => part !== '');
  const wrong = urls.find((url) => !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol));
  if (wrong !== undefined) throw new Error(`${name}: expected URLs such as http://host:8002, separated by commas, received "${wrong}"`);
  return [...new Set(urls)];
}

function readPort(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT: expected a number from 0 to 65535, received "${value}"`);
  return port;
}

function readStorage(env: Environment): ApiEnv['storage'] {
  const url = requiredVariable(env, 'OBJECT_STORE_URL');
  const endpoint = textVariable(env, 'S3_ENDPOINT');
  if (endpoint === undefined) return { url };
  const region = textVariable(env, 'S3_REGION');
  const keys = { accessKey: requiredVariable(env, 'S3_ACCESS_KEY'), secretKey: requiredVariable(env, 'S3_SECRET_KEY') };
  return { url, s3: { endpoint, ...keys, ...(region === undefined ? {} : { region }) } };
}
