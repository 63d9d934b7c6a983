import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { readEnv, type CliEnv } from '../env.js';
import { UserError } from '../user-error.js';
import { createHome, homeAt, type Home } from './home.js';
import { freePort, isFree } from './ports.js';
import { postgresService, postgresUrl, preparePostgres, type PostgresOptions } from './postgres.js';
import { findPostgres } from './postgres-binaries.js';
import { findRedis } from './redis-binary.js';
import { prepareRedis, putUnreadableAside, redisService, redisUrl, type RedisOptions } from './redis.js';
import { loadSecrets, type Secrets } from './secrets.js';
import { serverUser, type ServerUser } from './server-user.js';
import type { ServiceSpec } from './service.js';
import { Stack } from './stack.js';

/** What starting a server takes. */
export interface ServerContext {
  readonly env: CliEnv;
  readonly home: Home;
  readonly stack: Stack;
  readonly secrets: Secrets;
  readonly user: ServerUser | undefined;
  readonly notify: (line: string) => void;
}

/** A server that runs. */
export interface EmbeddedServer {
  readonly url: string;
  /** `Postgres 18.4 (embedded)` */
  readonly title: string;
}

/** Starts Postgres on a free port, in a cluster that is made when there is none. */
export async function startPostgres({ home, secrets, user, stack }: Omit<ServerContext, 'env'>): Promise<EmbeddedServer> {
  const binaries = await findPostgres(home.runtime, user);
  const options = async (): Promise<PostgresOptions> => ({
    binaries, data: home.postgres, port: await freePort(), password: secrets.postgresPassword, user, logFile: path.join(home.logs, 'postgres.log'),
  });
  const started = await startOnFreePort(stack, options, preparePostgres, postgresService);
  return { url: postgresUrl(started), title: `Postgres ${binaries.version} (embedded)` };
}

/** Starts Redis or Valkey on a free port. */
export async function startRedis({ env, home, secrets, user, stack, notify }: ServerContext): Promise<EmbeddedServer> {
  const binary = await findRedis(env, home.runtime, user);
  const options = async (): Promise<RedisOptions> => ({
    binary, data: home.redis, port: await freePort(), password: secrets.redisPassword, user, logFile: path.join(home.logs, 'redis.log'), notify,
  });
  const start = (): Promise<RedisOptions> => startOnFreePort(stack, options, prepareRedis, redisService);
  const started = await start().catch(async (error: unknown) => {
    if (error instanceof UserError && (await putUnreadableAside(await options()))) return start();
    throw error;
  });
  return { url: redisUrl(started), title: `${binary.title} (embedded)` };
}

/** A port that was free may be taken by the time the server listens: then another one is tried. */
async function startOnFreePort<Options extends { readonly port: number }>(
  stack: Stack,
  makeOptions: () => Promise<Options>,
  prepare: (options: Options) => Promise<void>,
  specOf: (options: Options) => ServiceSpec,
): Promise<Options> {
  for (let attempt = 1; ; attempt++) {
    const options = await makeOptions();
    await prepare(options);
    try {
      await stack.start(specOf(options));
      return options;
    } catch (error) {
      if (attempt === 3 || (await isFree(options.port))) throw error;
    }
  }
}

/** A Redis or Valkey server's program, for tests that run one of their own. @throws UserError when there is none. */
export async function findRedisServer(): Promise<string> {
  return (await findRedis(readEnv(), os.tmpdir(), undefined)).command;
}

/** Postgres and Redis of one's own, for tests: empty, in a temporary directory, gone with the process that started them. */
export interface TemporaryServers {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** The server program that `redisUrl` runs. */
  readonly redisServer: string;
  stop(): Promise<void>;
}

/** Starts both; `stop` ends them and removes their data. */
export async function startTemporaryServers(): Promise<TemporaryServers> {
  const env = readEnv();
  const home = homeAt(await mkdtemp(path.join(os.tmpdir(), 'trainyard-servers-')));
  await createHome(home);
  const stack = new Stack(() => {});
  const stop = async (): Promise<void> => {
    await stack.stop();
    await rm(home.root, { recursive: true, force: true });
  };
  try {
    const context: ServerContext = { env, home, stack, secrets: await loadSecrets(home.secrets), user: serverUser(), notify: () => {} };
    const [database, redis, binary] = await Promise.all([startPostgres(context), startRedis(context), findRedis(env, home.runtime, undefined)]);
    return { databaseUrl: database.url, redisUrl: redis.url, redisServer: binary.command, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
