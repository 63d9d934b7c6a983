import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
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

/** For the last process to go, and the next one to get ready. */
const betweenLooksMs = 1_000;
/** What a busy machine may take for that. What is still not at rest then is judged as it is. */
const mostLooks = 30;

/** Looks at a worker that has ended its jobs, as soon as two looks show the same: one process that waits for the next job, and no file or socket that comes or goes. */
export async function measureAtRest(site: Site, worker: SiteWorker, jobs: number): Promise<Sample> {
  let last = await measure(site, worker, jobs);
  for (let looks = 1; looks < mostLooks; looks++) {
    await sleep(betweenLooksMs);
    const sample = await measure(site, worker, jobs);
    const atRest = sample.children === 1 && (['children', 'files', 'sockets', 'temporary'] as const).every((what) => sample[what] === last[what]);
    last = sample;
    if (atRest) break;
  }
  return last;
}

async function measure(site: Site, { app }: SiteWorker, jobs: number): Promise<Sample> {
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
