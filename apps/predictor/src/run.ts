import { openObjectStore } from '@trainyard/object-store';
import { startTracing, stopTracing } from '@trainyard/telemetry';
import { createTensorFlowRuntime } from '@trainyard/tensorflow';
import { buildApp } from './app.js';
import { readEnv } from './env.js';

/** Serves until a signal ends it. */
export async function run(): Promise<void> {
  const env = readEnv();
  if (env.tracing) await startTracing(env.tracing, (error, lostSpans) => app.log.warn({ err: error, lostSpans }, 'spans could not be sent'));
  const store = await openObjectStore(env.storage.url, env.storage.s3);
  const runtime = createTensorFlowRuntime({ library: env.library, config: { gpu: { allowGrowth: true } } });
  const app = buildApp({ ...env, store, runtime });

  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    await app.close();
    await stopTracing();
    process.exit(0);
  };
  process.on('SIGTERM', () => void end());
  process.on('SIGINT', () => void end());
  process.on('disconnect', () => void end());

  const url = await app.listen({ host: env.host, port: env.port });
  process.send?.({ ready: true, url });
}
