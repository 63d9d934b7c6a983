import { readdir, readFile } from 'node:fs/promises';
import { holdingsOf } from '../../site/holdings.js';
import type { Holdings } from '../../site/probe.js';
import { redisCommand } from '../../site/redis-command.js';
import type { Site, SiteWorker } from '../../site/site.js';

/** What is there once so many jobs have ended. */
export interface Sample extends Holdings {
  readonly jobs: number;
  /** Processes that the supervisor has started and that run. */
  readonly children: number;
  /** Files in the folder for temporary ones. */
  readonly temporary: number;
  /** Connections of the whole service to the database. */
  readonly connections: number;
  /** Keys in Redis. */
  readonly keys: number;
}

export async function measure(site: Site, { app }: SiteWorker, jobs: number): Promise<Sample> {
  const holdings = await holdingsOf(app);
  const { count } = await site.sql.row<{ count: number }>(`SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`);
  return {
    jobs,
    ...holdings,
    children: (await app.children()).length,
    temporary: (await readdir(site.temporary, { recursive: true })).length,
    connections: count,
    keys: Number((await redisCommand(site.redis.url, 'DBSIZE')).slice(1)),
  };
}

/** Processes of the site that run, by what they were told is the folder for temporary files. */
export async function processesOf({ temporary }: Site): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const environment = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    if (!environment.split('\0').includes(`TMPDIR=${temporary}`)) continue;
    const command = (await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ').trim();
    if (command !== '') found.push(`${name} ${command}`);
  }
  return found;
}
