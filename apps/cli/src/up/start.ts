// Starts what the environment does not name, in as few waits as there are dependencies:
//   database ─ migrations ┐
//   queue ────────────────┴─ API, worker
//   predictor
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { CliEnv } from '../env.js';
import { storeCredentials } from '../credentials.js';
import { appService, type AppName } from './app-service.js';
import { ensureApiKey, migrate, preloadDatabase } from './database-setup.js';
import { startPostgres, startRedis, type EmbeddedServer, type ServerContext } from './embedded-servers.js';
import type { Home } from './home.js';
import { choosePort, freePort, isFree } from './ports.js';
import { loadSecrets } from './secrets.js';
import { serverUser } from './server-user.js';
import type { Stack } from './stack.js';
import { prepareStorage } from './storage-setup.js';

/** What serves when everything has started. */
export interface Started {
  readonly url: string;
  readonly apiKey: string | undefined;
  /** Whether the key was made by this start: it is shown once. */
  readonly isNewKey: boolean;
  /** One line a part: `Postgres 18.4 (embedded)`. */
  readonly parts: readonly string[];
}

/** The worker stores a snapshot of what it trains, the others finish what they answer. */
const stopTimeoutMs = { api: 15_000, predictor: 15_000, worker: 45_000 } as const satisfies Record<AppName, number>;

/**
 * Starts all parts in the data directory `home`, which the caller has locked.
 *
 * @throws UserError naming the part that did not start. What had started is left to the caller's `stack.stop()`.
 */
export async function startAll(env: CliEnv, home: Home, stack: Stack, notify: (line: string) => void): Promise<Started> {
  const context: ServerContext = { env, home, stack, notify, user: serverUser(), secrets: await loadSecrets(home.secrets) };
  preloadDatabase();
  if (env.port !== undefined) await choosePort(env.host, env.port); // refused before anything is started
  const predictorPort = await freePort();
  const storage: NodeJS.ProcessEnv = { ...env.inherited, OBJECT_STORE_URL: env.objectStoreUrl ?? pathToFileURL(home.objects).href, TRAINYARD_CACHE: env.cache };
  const [started] = await Promise.all([
    startBehindServers(context, { ...storage, PREDICTOR_URL: `http://127.0.0.1:${predictorPort}` }),
    // It needs neither database nor queue: it loads libtensorflow while these start.
    startApp(context, 'predictor', { ...storage, HOST: '127.0.0.1', PORT: String(predictorPort) }),
  ]);
  return started;
}

/** Starts the database and the queue, then the apps that use them. */
async function startBehindServers(context: ServerContext, inherited: NodeJS.ProcessEnv): Promise<Started> {
  const { env, home } = context;
  const [database, queue] = await Promise.all([startDatabase(context), startQueue(context), prepareStorage(env)]);
  const shared: NodeJS.ProcessEnv = { ...inherited, DATABASE_URL: database.url, REDIS_URL: queue.url };
  const [key, url] = await Promise.all([
    env.authOff ? undefined : ensureApiKey(database.url, home.credentials),
    startApi(context, shared),
    startApp(context, 'worker', { ...shared, HOST: '127.0.0.1', PORT: '0' }),
  ]);
  await storeCredentials(home.credentials, { url, apiKey: key?.key });
  const storage = env.objectStoreUrl ?? `files in ${home.objects}`;
  return { url, apiKey: key?.key, isNewKey: key?.isNew ?? false, parts: [database.title, queue.title, storage] };
}

/** Starts the API and answers its URL. A port that nobody asked for may be taken while the API starts: then the next one is tried. */
async function startApi(context: ServerContext, shared: NodeJS.ProcessEnv): Promise<string> {
  const { host, port: wished } = context.env;
  for (;;) {
    const port = await choosePort(host, wished);
    try {
      await startApp(context, 'api', { ...shared, HOST: host, PORT: String(port) });
    } catch (error) {
      if (wished !== undefined || (await isFree(port, host))) throw error;
      continue;
    }
    return `http://${reachable(host)}:${port}`;
  }
}

/** An address to reach a server by that listens on `host`. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function startDatabase(context: ServerContext): Promise<EmbeddedServer> {
  const { databaseUrl } = context.env;
  const server = databaseUrl === undefined ? await startPostgres(context) : { url: databaseUrl, title: 'Postgres of DATABASE_URL' };
  await migrate(server.url);
  return server;
}

async function startQueue(context: ServerContext): Promise<EmbeddedServer> {
  const { redisUrl } = context.env;
  return redisUrl === undefined ? startRedis(context) : { url: redisUrl, title: 'Redis of REDIS_URL' };
}

async function startApp({ home, stack }: ServerContext, name: AppName, env: NodeJS.ProcessEnv): Promise<void> {
  await stack.start(appService({ name, env, logFile: path.join(home.logs, `${name}.log`), stopTimeoutMs: stopTimeoutMs[name] }));
}
