import { spawn } from 'node:child_process';
import { chown, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { UserError } from '../user-error.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { endProcess, hasArgument, isRunning } from './processes.js';
import { exists, ownFolder, type ServerUser } from './server-user.js';
import type { ServiceSpec } from './service.js';

const superuser = 'trainyard';
const databaseName = 'trainyard';
const pollMs = 15;

export interface PostgresOptions {
  readonly binaries: PostgresBinaries;
  /** The data directory of the cluster; created when it does not exist. */
  readonly data: string;
  readonly port: number;
  readonly password: string;
  readonly user: ServerUser | undefined;
  readonly logFile: string;
}

/** The URL by which the apps reach the embedded server. */
export function postgresUrl(options: Pick<PostgresOptions, 'port' | 'password'>, database = databaseName): string {
  return `postgresql://${superuser}:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/${database}`;
}

/**
 * Creates the cluster where there is none, and ends a server that an earlier `trainyard up` left on it.
 *
 * @throws UserError when the data are of another major version.
 */
export async function preparePostgres(options: PostgresOptions): Promise<void> {
  const { data, binaries } = options;
  if (!(await exists(path.join(data, 'PG_VERSION')))) {
    await createCluster(options);
    return;
  }
  const version = (await readFile(path.join(data, 'PG_VERSION'), 'utf8')).trim();
  if (version !== binaries.major) {
    throw new UserError(
      `${data} holds a database of Postgres ${version}, and this version of Trainyard brings Postgres ${binaries.major}: export it with the old version (pg_dumpall) and import it into a new data directory.`,
    );
  }
  await endStaleServer(data);
}

/** The server as a supervised process. SIGINT is Postgres's fast shutdown: sessions are ended, data are flushed. */
export function postgresService(options: PostgresOptions): ServiceSpec {
  return {
    name: 'database',
    layer: 'servers',
    logFile: options.logFile,
    stopSignal: 'SIGINT',
    stopTimeoutMs: 15_000,
    readyTimeoutMs: 120_000, // replaying the log after a crash takes its time
    start: (log) =>
      spawn(
        path.join(options.binaries.bin, 'postgres'),
        ['-D', options.data, '-p', String(options.port), ...settings.flatMap((setting) => ['-c', setting])],
        { ...options.user, cwd: '/', detached: true, stdio: ['ignore', log, log] },
      ),
    ready: (child, signal) => awaitDatabase(options, child.pid, signal),
  };
}

const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=100', 'shared_buffers=64MB', 'log_timezone=UTC', 'timezone=UTC'];

/** The new cluster gets its name only when it is complete: an interrupted initdb leaves nothing that looks like one. */
async function createCluster(options: PostgresOptions): Promise<void> {
  const { data, user, binaries } = options;
  const parent = await mkdtemp(`${data}.new-`);
  await ownFolder(parent, user);
  const cluster = path.join(parent, 'data');
  const passwordFile = path.join(parent, 'password');
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  if (user !== undefined) await chown(passwordFile, user.uid, user.gid);
  const args = ['-D', cluster, '-U', superuser, '-A', 'scram-sha-256', '--pwfile', passwordFile, '-E', 'UTF8', '--locale=C'];
  await runInitdb(path.join(binaries.bin, 'initdb'), args, user);
  await rename(cluster, data);
  await rm(parent, { recursive: true, force: true });
}

function runInitdb(command: string, args: string[], user: ServerUser | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    // In a session of its own, or Ctrl-C in the terminal would end it halfway.
    const child = spawn(command, args, { ...user, cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer): void => void (output += chunk.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new UserError(`The database could not be created (initdb, exit code ${code}):\n${output.trimEnd().split('\n').slice(-15).join('\n')}`));
    });
  });
}

/** Polls until the server takes connections, and creates our database in a new cluster. Another server on that port is not taken for it. */
async function awaitDatabase(options: PostgresOptions, pid: number | undefined, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const code = (await serverOf(options.data)) === pid ? await tryQuery(postgresUrl(options), 'SELECT 1') : 'not yet';
    if (code === undefined) return;
    if (code === '3D000') await tryQuery(postgresUrl(options, 'postgres'), `CREATE DATABASE ${databaseName}`);
    else if (code === '28P01') throw new UserError(`The password in secrets.json is not the one of the database in ${options.data}: restore the data directory as a whole.`);
    else await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** Undefined on success, else Postgres's or the system's error code. */
async function tryQuery(connectionString: string, sql: string): Promise<string | undefined> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {}); // a server that ends closes the connection, which the query reports too
  try {
    await client.connect();
    await client.query(sql);
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
  } finally {
    await client.end().catch(() => {});
  }
}

/** A server that survived its `trainyard up` would keep the data directory locked, on a port that nobody knows any more. */
async function endStaleServer(data: string): Promise<void> {
  const pid = await serverOf(data);
  if (pid !== undefined && isRunning(pid) && hasArgument(pid, data)) await endProcess(pid, ['SIGINT', 'SIGQUIT', 'SIGKILL']);
}

/** The process that serves a cluster, or has served it and was killed. */
async function serverOf(data: string): Promise<number | undefined> {
  const pidFile = await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => '');
  const pid = Number(pidFile.split('\n')[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}
