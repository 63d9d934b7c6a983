import { setTimeout as sleep } from 'node:timers/promises';
import { openDatabase } from '@trainyard/database';
import { startTracing, stopTracing } from '@trainyard/telemetry';
import { pino } from 'pino';
import { readEnv } from './env.js';
import { Supervisor } from './supervisor.js';

/** What has not been given back by then is taken over when its lease expires: a database that is away is not waited for. */
const endWithinMs = 19_000;

/** Takes deliveries until a signal ends it. */
export async function run(): Promise<void> {
  const env = readEnv();
  const log = pino({ level: env.logLevel, base: { worker: env.name } });
  if (env.tracing) await startTracing(env.tracing, (error, lostSpans) => log.warn({ err: error, lostSpans }, 'spans could not be sent'));
  const database = openDatabase(env.databaseUrl, { maxConnections: 4 + 2 * env.concurrency });
  const supervisor = new Supervisor({ ...env, database, log });

  let ending = false;
  const end = async (reason: string): Promise<void> => {
    if (ending) return;
    ending = true;
    log.info(`${reason}: giving back what runs`);
    await Promise.race([supervisor.drain().then(() => database.close()), sleep(endWithinMs)]);
    await stopTracing();
    process.exit(0);
  };

  process.on('SIGTERM', () => void end('SIGTERM'));
  process.on('SIGINT', () => void end('SIGINT'));
  process.on('disconnect', () => void end('the parent process is gone'));

  supervisor.start();
  log.info({ concurrency: env.concurrency }, 'ready');
  process.send?.({ ready: true });
}
