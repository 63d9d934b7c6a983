import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the clone. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Where downloads are kept for all clones of a user: `TRAINYARD_CACHE`, else `~/.cache/trainyard`. */
export function cacheDir(env = process.env) {
  return path.resolve(env.TRAINYARD_CACHE || path.join(os.homedir(), '.cache', 'trainyard'));
}
