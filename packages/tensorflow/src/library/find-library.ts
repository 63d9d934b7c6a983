import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The release that the project is tested with, and the name of its folder in the cache. */
export const TENSORFLOW_VERSION = '2.21.0';

const LIBRARY_FILE = 'libtensorflow_cc.so.2';

/** libtensorflow is not where it was looked for. */
export class LibraryNotFoundError extends Error {
  override readonly name = 'LibraryNotFoundError';
}

/**
 * Where libtensorflow is: `TRAINYARD_LIBTENSORFLOW` (the library's file or its folder) where it is set, else the cache
 * that the set-up fills, `<TRAINYARD_CACHE, or ~/.cache/trainyard>/libtensorflow/cpu-2.21.0`.
 *
 * Apps call this with their environment and pass the path on; nothing in this package reads the environment itself.
 * @throws LibraryNotFoundError naming every place and what to do.
 */
export function findLibrary(env: Readonly<Record<string, string | undefined>>): string {
  const named = env['TRAINYARD_LIBTENSORFLOW'];
  if (named) return resolveLibrary(named, 'TRAINYARD_LIBTENSORFLOW');
  const cache = env['TRAINYARD_CACHE'] || join(homedir(), '.cache', 'trainyard');
  return resolveLibrary(join(cache, 'libtensorflow', `cpu-${TENSORFLOW_VERSION}`), 'the cache');
}

/**
 * The library's file, given that file or the folder that holds it.
 * @param origin Who named the path: for the message.
 * @throws LibraryNotFoundError
 */
export function resolveLibrary(path: string, origin = 'the option `library`'): string {
  const candidates = [path, join(path, LIBRARY_FILE)];
  const found = candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile());
  if (found) return found;
  throw new LibraryNotFoundError(
    `libtensorflow: expected ${LIBRARY_FILE}, or a folder that holds it, at ${path} (from ${origin}); there is none. ` +
      'Run `npm run setup`, which downloads it into the cache, or set TRAINYARD_LIBTENSORFLOW to the path of a copy.',
  );
}
