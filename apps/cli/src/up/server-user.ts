import { constants } from 'node:fs';
import { access, chmod, chown, cp, lstat, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { codeOf, UserError } from '../user-error.js';

/** Who Postgres and Redis run as: `nobody` when we are root (Postgres refuses root), else ourselves (undefined). */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** The id of `nobody` and `nogroup` on Linux; needs no entry in /etc/passwd. */
const nobody: ServerUser = { uid: 65534, gid: 65534 };

export function serverUser(): ServerUser | undefined {
  return process.getuid?.() === 0 ? nobody : undefined;
}

/** Creates a folder that belongs to the servers' user alone. */
export async function ownFolder(folder: string, user: ServerUser | undefined): Promise<void> {
  await chmod(folder, 0o700);
  if (user !== undefined) await chown(folder, user.uid, user.gid);
}

/** The first folder on the way to `target` that the user cannot enter, or undefined. */
export async function firstClosedFolder(target: string, user: ServerUser | undefined): Promise<string | undefined> {
  if (user === undefined) return undefined;
  const parts = path.resolve(target).split(path.sep);
  for (let i = 1; i < parts.length; i++) {
    const folder = parts.slice(0, i).join(path.sep) || path.sep;
    const { mode, uid } = await stat(folder);
    const bit = uid === user.uid ? constants.S_IXUSR : constants.S_IXOTH;
    if ((mode & bit) === 0) return folder;
  }
  return undefined;
}

/** @throws UserError when the servers could not reach their data in `root`. */
export async function checkReachable(root: string, user: ServerUser | undefined): Promise<void> {
  const closed = await firstClosedFolder(path.join(root, 'x'), user);
  if (closed === undefined) return;
  throw new UserError(
    `The data directory ${root} cannot be used by root: Postgres runs as user nobody then, who cannot enter ${closed}. Set TRAINYARD_HOME to another directory, such as /var/lib/trainyard.`,
  );
}

/**
 * A path under which the user can execute what is in `source` (a folder or a file): the source itself, or a copy of it
 * at `copy` when the way to the source is closed to the user. A copy is made once, and appears complete or not at all.
 */
export async function reachableCopy(source: string, copy: string, user: ServerUser | undefined): Promise<string> {
  if ((await firstClosedFolder(source, user)) === undefined) return source;
  if (await exists(copy)) return copy;
  const temporary = await mkdtemp(`${copy}.`);
  await cp(source, path.join(temporary, 'copy'), { recursive: true, verbatimSymlinks: true });
  await chmod(path.join(temporary, 'copy'), 0o755);
  try {
    await rename(path.join(temporary, 'copy'), copy);
  } catch (error) {
    if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
  }
  await rm(temporary, { recursive: true, force: true });
  return copy;
}

/** Whether something is there (a broken link too). */
export async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}

/** Whether the file is there and may be executed by us. */
export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
