import type { S3Config } from '@trainyard/object-store';
import { findLibrary } from '@trainyard/tensorflow';

/** What the predictor takes from its environment. This is the only file of the app that reads it. */
export interface PredictorEnv {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly storage: { readonly url: string; readonly s3?: S3Config };
  /** libtensorflow's file. */
  readonly library: string;
  /** What loaded models may take all together. */
  readonly cacheBytes: number;
  readonly maxBodyBytes: number;
  readonly logLevel: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * @throws Error naming the variable that is missing or cannot be used.
 * @throws LibraryNotFoundError when there is no libtensorflow.
 */
export function readEnv(env: Env = process.env): PredictorEnv {
  const mebibyte = 2 ** 20;
  return {
    host: text(env, 'HOST') ?? '127.0.0.1',
    port: integer(env, 'PORT', 8002, { min: 0, max: 65_535 }),
    storage: readStorage(env),
    library: findLibrary(env),
    cacheBytes: mebibyte * integer(env, 'PREDICTOR_CACHE_MB', 1024, { min: 1, max: 2 ** 30 }),
    maxBodyBytes: mebibyte * integer(env, 'PREDICTOR_MAX_BODY_MB', 256, { min: 1, max: 4096 }),
    logLevel: text(env, 'LOG_LEVEL') ?? 'info',
  };
}

function readStorage(env: Env): PredictorEnv['storage'] {
  const url = required(env, 'OBJECT_STORE_URL');
  const endpoint = text(env, 'S3_ENDPOINT');
  if (endpoint === undefined) return { url };
  const region = text(env, 'S3_REGION');
  return { url, s3: { endpoint, accessKey: required(env, 'S3_ACCESS_KEY'), secretKey: required(env, 'S3_SECRET_KEY'), ...(region !== undefined && { region }) } };
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
