import { fileURLToPath } from 'node:url';
import { ensureProject, openDatabase } from '@trainyard/database';
import { openObjectStore } from '@trainyard/object-store';
import { openProducer } from '@trainyard/queue';
import { startTracing, stopTracing } from '@trainyard/telemetry';
import { buildApp } from './app.js';
import type { Deps } from './deps.js';
import { readEnv, type ApiEnv } from './env.js';
import { Predictors } from './predictors/predictors.js';
import { TensorBoards } from './tensorboard/tensorboards.js';

const defaultProject = 'default';
/** The apps lie beside each other, in a clone as in an image. */
const dashboard = fileURLToPath(new URL('../../dashboard/dist', import.meta.url));

async function serve(env: ApiEnv): Promise<void> {
  if (env.tracing) await startTracing(env.tracing, (error, lostSpans) => app.log.warn({ err: error, lostSpans }, 'spans could not be sent'));
  const database = openDatabase(env.databaseUrl);
  const { redisUrl: url, redisPrefix: prefix } = env;
  const producer = openProducer(prefix === undefined ? { url } : { url, prefix });
  const store = await openObjectStore(env.storage.url, env.storage.s3);
  const auth: Deps['auth'] = env.auth ? { mode: 'keys' } : { mode: 'off', projectId: (await ensureProject(database, defaultProject)).id };
  const predictors = new Predictors(env.predictorUrls);
  const tensorBoards = new TensorBoards(store, env.tensorBoard, (error) => app.log.warn({ err: error }, 'event files could not be copied for TensorBoard'));
  const app = await buildApp({ database, producer, store, predictors, tensorBoards, dashboard, retention: env.retention, auth }, { level: env.logLevel });

  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await app.close();
    await Promise.all([predictors.close(), tensorBoards.close()]);
    await producer.close();
    await database.close();
    await stopTracing();
    process.exit(0); // what else would be waited for is a server of traces that does not answer
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
  process.on('disconnect', () => void stop()); // whoever started this process is gone

  const address = await app.listen({ host: env.host, port: env.port });
  process.send?.({ ready: true, url: address });
}

/** Serves until a signal ends it. */
export async function run(): Promise<void> {
  try {
    await serve(readEnv());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
