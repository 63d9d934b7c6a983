import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

const pollMs = 200;

/**
 * Runs `work` while holding the lock file `file`, so that two set-ups of one clone or one cache wait for each other.
 * The lock of a process that is gone is taken over. `onWait` is called once when another live process holds it.
 */
export async function withLock(file, work, onWait = () => {}) {
  await mkdir(path.dirname(file), { recursive: true });
  const mine = `${process.pid} ${await startTime(process.pid)}`;
  let waiting = false;
  while (!(await tryCreate(file, mine))) {
    const holder = await readFile(file, 'utf8').catch(() => undefined);
    if (holder === undefined) continue;
    if (!(await isAlive(holder))) {
      await breakLock(file, holder);
      continue;
    }
    if (!waiting) onWait(holder.split(' ')[0]);
    waiting = true;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/** Creates the file with its content in one step (link is atomic, a write after an exclusive open is not). */
async function tryCreate(file, content) {
  const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(temporary, content);
  try {
    await link(temporary, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Removes a dead process's lock; when a live one took its place in between, that one is put back. */
async function breakLock(file, deadHolder) {
  const aside = `${file}.${process.pid}.stale`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== deadHolder) await link(aside, file).catch(() => {});
  await rm(aside, { force: true });
}

/** A pid alone may have been given to another process since: its start time tells them apart. */
async function isAlive(holder) {
  const [pid, started] = holder.split(' ');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
  }
  return (await startTime(Number(pid))) === started;
}

async function startTime(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Field 22; counted from behind the command's name, which may contain spaces.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
}
