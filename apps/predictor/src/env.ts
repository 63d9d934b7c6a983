import type { S3Config } from '@trainyard/object-store';
import type { ServingLimits } from './batching/limits.js';
import { readTraceSettings, type TraceSettings } from '@trainyard/telemetry';
import { findLibrary } from '@trainyard/tensorflow';
import { type Environment, integerVariable, requiredVariable, textVariable } from '@trainyard/protocol';

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
  /** Of requests that say nothing of it. */
  readonly limits: ServingLimits;
  readonly logLevel: string;
  /** By `OTEL_EXPORTER_OTLP_ENDPOINT` and what goes with it; undefined: nothing is traced. */
  readonly tracing: TraceSettings | undefined;
}

/**
 * @throws Error naming the variable that is missing or cannot be used.
 * @throws LibraryNotFoundError when there is no libtensorflow.
 */
export function readEnv(env: Environment = process.env): PredictorEnv {
  const mebibyte = 2 ** 20;
  return {
    host: textVariable(env, 'HOST') ?? '127.0.0.1',
    port: integerVariable(env, 'PORT', 8002, { min: 0, max: 65_535 }),
    storage: readStorage(env),
    library: findLibrary(env),
    cacheBytes: mebibyte * integerVariable(env, 'PREDICTOR_CACHE_MB', 1024, { min: 1, max: 2 ** 30 }),
    maxBodyBytes: mebibyte * integerVariable(env, 'PREDICTOR_MAX_BODY_MB', 256, { min: 1, max: 4096 }),
    limits: {
      maxBatchSize: integerVariable(env, 'PREDICTOR_MAX_BATCH_SIZE', 32, { min: 1, max: 100_000 }),
      maxDelayMs: integerVariable(env, 'PREDICTOR_MAX_DELAY_MS', 5, { min: 0, max: 10_000 }),
      maxQueue: integerVariable(env, 'PREDICTOR_MAX_QUEUE', 128, { min: 1, max: 1_000_000 }),
    },
    logLevel: textVariable(env, 'LOG_LEVEL') ?? 'info',
    tracing: readTraceSettings(env, 'trainyard-predictor'),
  };
}

function readStorage(env: Environment): PredictorEnv['storage'] {
  const url = requiredVariable(env, 'OBJECT_STORE_URL');
  const endpoint = textVariable(env, 'S3_ENDPOINT');
  if (endpoint === undefined) return { url };
  const region = textVariable(env, 'S3_REGION');
  return { url, s3: { endpoint, accessKey: requiredVariable(env, 'S3_ACCESS_KEY'), secretKey: requiredVariable(env, 'S3_SECRET_KEY'), ...(region !== undefined && { region }) } };
}
