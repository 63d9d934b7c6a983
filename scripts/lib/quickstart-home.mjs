import { stat } from 'node:fs/promises';
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * The data directory of the quick start: in the clone, so that removing the clone removes it. Run as root, Postgres runs
 * as nobody, who must be able to pass through every folder on the way; where that is not so, it is below /var/lib.
 */
export async function quickstartHome() {
  const inClone = path.join(root, '.trainyard', 'quickstart');
  if (process.getuid?.() !== 0) return inClone;
  for (let folder = root; ; folder = path.dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) return '/var/lib/trainyard/quickstart';
    if (folder === path.dirname(folder)) return inClone;
  }
}
