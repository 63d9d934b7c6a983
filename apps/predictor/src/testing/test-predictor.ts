import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';
import type { FastifyInstance } from 'fastify';
import { buildApp, type AppOptions } from '../app.js';

export type TestPredictorOptions = Partial<AppOptions> & Pick<AppOptions, 'store'>;

/** A predictor on libtensorflow, not listening yet. */
export function testPredictor(options: TestPredictorOptions): FastifyInstance {
  const runtime = options.runtime ?? createTensorFlowRuntime({ library: findLibrary(process.env) });
  return buildApp({ cacheBytes: 2 ** 27, maxBodyBytes: 2 ** 22, limits: { maxBatchSize: 32, maxDelayMs: 5, maxQueue: 128 }, logLevel: 'silent', ...options, runtime });
}
