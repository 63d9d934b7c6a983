import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHome, homeAt, type Home } from './home.js';
import { freePort } from './ports.js';
import { postgresService, postgresUrl, preparePostgres, type PostgresOptions } from './postgres.js';
import { findPostgres } from './postgres-binaries.js';
import { isRunning } from './processes.js';
import { serverUser } from './server-user.js';
import { Service } from './service.js';
import { Watchdog } from './watchdog.js';

let home: Home;
let options: PostgresOptions;
const watchdog = new Watchdog();
const notices: string[] = [];
const start = async (): Promise<Service> => {
  await preparePostgres(options);
  const service = new Service(postgresService(options), watchdog, (line) => notices.push(line));
  await service.start();
  return service;
};

async function query(sql: string, url = postgresUrl(options)): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  home = homeAt(await mkdtemp(path.join(os.tmpdir(), 'trainyard-postgres-')));
  await createHome(home);
  const user = serverUser();
  const binaries = await findPostgres(home.runtime, user);
  options = { binaries, data: home.postgres, port: await freePort(), password: 'a b/c%', user, logFile: path.join(home.logs, 'postgres.log') };
});

afterAll(async () => {
  await watchdog.close();
  await rm(home.root, { recursive: true, force: true });
});

describe('the embedded Postgres', () => {
  it('is created once, keeps its rows over a stop, and asks for the password', async () => {
    const first = await start();
    await query('CREATE TABLE t AS SELECT 7 AS n');
    await expect(query('SELECT 1', postgresUrl({ ...options, password: 'wrong' }))).rejects.toThrow(/password authentication failed/);
    await first.stop();
    expect((await readdir(home.root)).filter((name) => name.startsWith('postgres.new'))).toEqual([]);
    const second = await start();
    expect(await query('SELECT n FROM t')).toEqual([{ n: 7 }]);
    await second.stop();
    expect(notices).toEqual([]);
  });

  it('comes back on the same port after it was killed, with its rows', async () => {
    const service = await start();
    const killed = service.pid!;
    process.kill(killed, 'SIGKILL');
    await expect.poll(() => notices.at(-1), { timeout: 30_000 }).toBe('The database is back');
    expect(notices.at(-2)).toBe('The database ended (SIGKILL); starting it again in 0.25 s');
    expect(service.pid).not.toBe(killed);
    expect(await query('SELECT n FROM t')).toEqual([{ n: 7 }]);
    await service.stop();
  });

  it('ends a server that was left behind, before it starts its own', async () => {
    const abandoned = await start();
    const left = abandoned.pid!;
    const service = new Service(postgresService({ ...options, port: await freePort() }), watchdog, () => {});
    notices.length = 0;
    await preparePostgres(options);
    expect(isRunning(left)).toBe(false);
    await abandoned.stop(); // it would start its server again
    await service.start();
    await service.stop();
  });

  it('says which version the data are of when they are of another one', async () => {
    const other = { ...options, binaries: { ...options.binaries, major: '99' } };
    await expect(preparePostgres(other)).rejects.toThrow(/holds a database of Postgres 18, and this version of Trainyard brings Postgres 99/);
  });

  it('shows the end of the log when it cannot start', async () => {
    const running = await start();
    await expect(new Service(postgresService({ ...options, data: path.join(home.root, 'none') }), watchdog, () => {}).start()).rejects.toThrow(
      /^The database did not start: it ended \(exit code \d\)\. The end of .*postgres\.log:\n.*none/s,
    );
    await running.stop();
  });
});
