import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createHome, homeAt } from './home.js';
import { freePort } from './ports.js';
import { postgresService, postgresUrl, preparePostgres, type PostgresOptions } from './postgres.js';
import { findPostgres } from './postgres-binaries.js';
import { loadSecrets } from './secrets.js';
import { serverUser } from './server-user.js';
import { Watchdog } from './watchdog.js';

/** A Postgres of a test's own, in a temporary directory: it can be killed, and started again at the same address over the same data. */
export interface OwnPostgres {
  readonly url: string;
  /** Ends the server as a crash would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Sessions of a server that was killed hold on to its memory for a moment, and a new one does not start before they have ended. */
const startWithinMs = 30_000;

/** Starts one. It goes with the process that started it, at the latest. */
export async function startOwnPostgres(): Promise<OwnPostgres> {
  const home = homeAt(await mkdtemp(path.join(os.tmpdir(), 'trainyard-postgres-')));
  await createHome(home);
  const watchdog = new Watchdog();
  let server: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server !== undefined) await endServer(server, signal, watchdog);
    server = undefined;
  };
  const stop = async (): Promise<void> => {
    await end('SIGQUIT'); // at once: nothing of it is kept
    await watchdog.close();
    await rm(home.root, { recursive: true, force: true });
  };
  try {
    const user = serverUser();
    const { postgresPassword: password } = await loadSecrets(home.secrets);
    const options: PostgresOptions = { binaries: await findPostgres(home.runtime, user), data: home.postgres, port: await freePort(), password, user, logFile: path.join(home.logs, 'postgres.log') };
    await preparePostgres(options);
    const start = async (): Promise<void> => void (server = await startServer(options, watchdog));
    await start();
    return { url: postgresUrl(options), kill: () => end('SIGKILL'), start, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** @throws Error with the server's log when it does not come up. */
async function startServer(options: PostgresOptions, watchdog: Watchdog): Promise<ChildProcess> {
  const service = postgresService(options);
  for (const deadline = Date.now() + startWithinMs; ; ) {
    const log = await open(options.logFile, 'a');
    const server = await service.start(log.fd);
    await log.close();
    if (server.pid !== undefined) watchdog.watch('servers', server.pid, 'SIGQUIT');
    const ended = new AbortController();
    server.once('exit', () => ended.abort());
    try {
      await service.ready(server, AbortSignal.any([ended.signal, AbortSignal.timeout(service.readyTimeoutMs)]));
      return server;
    } catch (error) {
      await endServer(server, 'SIGKILL', watchdog);
      if (Date.now() > deadline) throw new Error(`the database did not start:\n${(await readFile(options.logFile, 'utf8')).slice(-4000)}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function endServer(server: ChildProcess, signal: NodeJS.Signals, watchdog: Watchdog): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  }
  if (server.pid !== undefined) watchdog.forget(server.pid);
}
