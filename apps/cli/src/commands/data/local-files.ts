import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../user-error.js';
import { fileError } from '../job-file.js';

export interface LocalFile {
  readonly file: string;
  readonly bytes: number;
  /** Where it goes below the target folder, with `/`. */
  readonly path: string;
}

/**
 * The files that the arguments name: a file goes by its name, a folder's files by their paths within it. Names that begin
 * with a dot are left out.
 * @throws UserError when there is none, or two would be one
 */
export async function findLocalFiles(named: readonly string[]): Promise<LocalFile[]> {
  const found: LocalFile[] = [];
  for (const name of named) {
    const info = await stat(name).catch((error: unknown) => {
      throw fileError(name, error);
    });
    if (!info.isDirectory()) found.push({ file: name, bytes: info.size, path: path.basename(name) });
    else for await (const file of filesBelow(name, '')) found.push(file);
  }
  const paths = new Set<string>();
  const double = found.find(({ path: target }) => paths.size === paths.add(target).size);
  if (double) throw new UserError(`${double.file}: another file would have the same name, ${double.path}`);
  if (found.length === 0) throw new UserError(`${named.join(', ')}: expected at least one file, found none`);
  return found;
}

async function* filesBelow(folder: string, prefix: string): AsyncGenerator<LocalFile> {
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(file, `${prefix}${entry.name}/`);
    else if (entry.isFile()) yield { file, bytes: (await stat(file)).size, path: prefix + entry.name };
  }
}
