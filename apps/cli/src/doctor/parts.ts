import { randomUUID } from 'node:crypto';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ApiProblem, Client } from '@trainyard/client';
import { findCredentials } from '../credentials.js';
import type { CliEnv } from '../env.js';
import { findPostgres } from '../up/postgres-binaries.js';
import { findRedis } from '../up/redis-binary.js';
import { withoutPassword } from '../up/database-setup.js';
import { homeAt } from '../up/home.js';
import { messageOf } from '../user-error.js';
import { failed, ok, warning, within, type Check } from './check.js';

const patienceMs = 5_000;
/** What a clock may be off by: leases are by the database's, but storage refuses signatures of another time. */
const mostSkewS = [5, 300] as const;

export const postgres =
  ({ databaseUrl, home }: CliEnv): Check =>
  async () => {
    if (databaseUrl === undefined) {
      return findPostgres(homeAt(home).runtime, undefined).then(
        ({ version }) => ok('postgres', `embedded, ${version} (DATABASE_URL names none)`),
        (error: unknown) => failed('postgres', messageOf(error), 'Run `npm run setup`, or set DATABASE_URL to a Postgres of 14 or later.'),
      );
    }
    const { openDatabase, pingDatabase } = await import('@trainyard/database');
    const database = openDatabase(databaseUrl, { maxConnections: 1 });
    return pinged('postgres', databaseUrl, database, pingDatabase(database), 'See that it runs and that DATABASE_URL has its address, user, password and database; `trainyard prepare` brings its schema up to date.');
  };

export const redis =
  (env: CliEnv): Check =>
  async () => {
    const { redisUrl: url } = env;
    if (url === undefined) {
      return findRedis(env, homeAt(env.home).runtime, undefined).then(
        ({ title }) => ok('redis', `embedded, ${title} (REDIS_URL names none)`),
        (error: unknown) => failed('redis', messageOf(error), 'Run `npm run setup`, install Redis or Valkey, or set REDIS_URL.'),
      );
    }
    const { openProducer } = await import('@trainyard/queue');
    const producer = openProducer({ url });
    return pinged('redis', url, producer, producer.ping(), 'See that it runs and that REDIS_URL has its address and password. Jobs are taken without it, and wait.');
  };

/** Whether a server answers, to which a connection is open that is closed then. */
async function pinged(name: string, url: string, connection: { close(): Promise<void> }, answered: Promise<unknown>, remedy: string): ReturnType<Check> {
  try {
    await within(patienceMs, answered);
    return ok(name, `${withoutPassword(url)} answers`);
  } catch (error) {
    return failed(name, `${withoutPassword(url)}: ${messageOf(error)}`, remedy);
  } finally {
    void connection.close().catch(() => undefined);
  }
}

/** Writes an object, reads it again and deletes it. */
export const objectStore =
  (env: CliEnv): Check =>
  async () => {
    const folder = homeAt(env.home).objects;
    const url = env.objectStoreUrl ?? (await access(folder).then(() => pathToFileURL(folder).href, () => undefined));
    if (url === undefined) return ok('storage', `a directory, ${folder}, once \`trainyard up\` has made it (OBJECT_STORE_URL names none)`);
    const key = `doctor/${randomUUID()}`;
    try {
      const { openObjectStore } = await import('@trainyard/object-store');
      const store = await openObjectStore(url, env.s3);
      await within(patienceMs, store.put(key, Buffer.from('trainyard doctor')).then(() => store.read(key)).finally(() => store.delete([key])));
      return ok('storage', `${url} can be written, read and deleted from`);
    } catch (error) {
      return failed('storage', `${url}: ${messageOf(error)}`, 'See that OBJECT_STORE_URL and S3_… name a bucket of that server and keys that may read, write and delete in it; `trainyard prepare` makes the bucket.');
    }
  };

/** The directory of `trainyard up`, and whether the credentials in it can be read. */
export const config =
  ({ home, url }: CliEnv): Check =>
  async () => {
    const { credentials } = homeAt(home);
    const stored = await access(credentials, constants.R_OK).then(() => 'there' as const, (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? ('none' as const) : ('closed' as const)));
    if (stored === 'closed') return failed('config', `${credentials} cannot be read`, 'Run this as the user who ran `trainyard up`, or set TRAINYARD_URL and TRAINYARD_API_KEY.');
    const parent = await firstThere(home);
    const writable = await mkdtemp(path.join(parent, '.trainyard-doctor-')).then((made) => rm(made, { recursive: true }).then(() => true), () => false);
    if (!writable) return warning('config', `the data directory ${home} cannot be written`, 'Set TRAINYARD_HOME to a directory of your own; for commands alone, TRAINYARD_URL and TRAINYARD_API_KEY will do.');
    return ok('config', `data directory ${home}; ${url === undefined ? (stored === 'there' ? 'commands use what `trainyard up` stored' : 'no server is stored yet') : 'commands use TRAINYARD_URL'}`);
  };

async function firstThere(place: string): Promise<string> {
  for (let folder = path.resolve(place); ; folder = path.dirname(folder)) if ((await access(folder).then(() => true, () => false)) || folder === path.dirname(folder)) return folder;
}

/** The server that commands talk to. That none runs is no fault of the machine. */
export const server =
  (env: CliEnv): Check =>
  async () => {
    const { url, apiKey } = await findCredentials(env);
    const client = new Client({ url, apiKey });
    try {
      const { status, parts } = await within(patienceMs, client.readiness());
      const away = Object.entries(parts).filter(([, state]) => state === 'unavailable').map(([part]) => part);
      if (away.length > 0) return (status === 'unavailable' ? failed : warning)('server', `${url}: ${away.join(', ')} cannot be reached by it`, 'Look at that part, and at the log of the API.');
      await within(patienceMs, client.jobs.list({ limit: 1 }));
      return ok('server', `${url} is ${status}, and takes the key`);
    } catch (error) {
      if (error instanceof ApiProblem && (error.status === 401 || error.status === 403)) return failed('server', `${url} answers: ${error.message}`, 'Set TRAINYARD_API_KEY to a key of that server.');
      return warning('server', `none answers at ${url}`, 'Start one with `trainyard up` (or npm start), or set TRAINYARD_URL.');
    }
  };

/** This machine's clock beside that of the storage's server, or of ours, where one of them answers. */
export const clock =
  (env: CliEnv): Check =>
  async () => {
    const { url } = await findCredentials(env);
    const beside = env.s3?.endpoint ?? url;
    const sent = Date.now();
    const answer = await fetch(beside, { method: 'HEAD', signal: AbortSignal.timeout(patienceMs) }).catch(() => undefined);
    const theirs = Date.parse(answer?.headers.get('date') ?? '');
    if (Number.isNaN(theirs)) return ok('clock', `${new Date().toISOString()}; no server to compare it with`);
    // HTTP tells whole seconds.
    const skewS = Math.max(0, Math.abs(theirs + 500 - (sent + Date.now()) / 2) / 1000 - 0.5);
    const detail = `within ${Math.ceil(skewS)} s of ${beside}`;
    const remedy = 'Have the clock set by NTP (timedatectl set-ntp true): S3 refuses requests that are signed with a time fifteen minutes off.';
    if (skewS > mostSkewS[1]) return failed('clock', `${Math.round(skewS)} s off ${beside}`, remedy);
    return skewS > mostSkewS[0] ? warning('clock', `${Math.round(skewS)} s off ${beside}`, remedy) : ok('clock', detail);
  };
