import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CliEnv } from '../env.js';
import { UserError } from '../user-error.js';
import { isExecutable, reachableCopy, type ServerUser } from './server-user.js';

/** A Redis or Valkey server program. */
export interface RedisBinary {
  readonly command: string;
  /** `Redis 7.0.15`, `Valkey 9.1.2` */
  readonly title: string;
}

/** BullMQ needs Redis 6.2; every Valkey is later than that. */
const minimum = [6, 2] as const;

/**
 * Redis or Valkey of PATH, else the Valkey that `npm run setup` fetched.
 *
 * @throws UserError when there is neither.
 */
export async function findRedis(env: CliEnv, runtime: string, user: ServerUser | undefined): Promise<RedisBinary> {
  if (env.embeddedRedis === 'auto') {
    for (const command of candidates(env.path)) {
      const title = (await isExecutable(command)) ? await describe(command) : undefined;
      if (title !== undefined) return { command: await reachableCopy(command, path.join(runtime, path.basename(command)), user), title };
    }
  }
  const fetched = path.join(env.cache, 'valkey', '9.1.2.post2', 'valkey-server');
  const title = (await isExecutable(fetched)) ? await describe(fetched) : undefined;
  if (title === undefined) {
    throw new UserError('There is no Redis or Valkey server (6.2 or later) on PATH, and none was fetched: run `npm run setup`, install one, or set REDIS_URL.');
  }
  return { command: await reachableCopy(fetched, path.join(runtime, 'valkey-server-9.1.2.post2'), user), title };
}

function candidates(searchPath: string): string[] {
  const folders = searchPath.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  return ['valkey-server', 'redis-server'].flatMap((command) => folders.map((folder) => path.join(folder, command)));
}

/** The server's name and version, or undefined when it does not run or is too old. */
async function describe(command: string): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)(command, ['--version']).catch(() => ({ stdout: '' }));
  const version = /\bv=(\d+)\.(\d+)(\S*)/.exec(stdout);
  if (version === null) return undefined;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  if (major < minimum[0] || (major === minimum[0] && minor < minimum[1])) return undefined;
  return `${/valkey/i.test(stdout) ? 'Valkey' : 'Redis'} ${major}.${minor}${version[3]}`;
}
