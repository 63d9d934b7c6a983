import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const prefix = 'trainyard-tensorboard-';

/** A folder for one TensorBoard. Those of APIs that ended without removing them are removed first: the process is in the name. */
export async function makeFolder(): Promise<string> {
  const root = tmpdir();
  for (const name of await readdir(root)) {
    const pid = Number(new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1]);
    if (pid > 0 && !isRunning(pid)) await rm(path.join(root, name), { recursive: true, force: true }).catch(() => undefined); // another user's
  }
  return mkdtemp(path.join(root, `${prefix}${process.pid}-`));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
