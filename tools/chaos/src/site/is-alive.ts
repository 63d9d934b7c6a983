import { readFile } from 'node:fs/promises';

/** Whether a process runs. One that has ended, and whose parent has not asked for its end, does not. */
export async function isAlive(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return status !== '' && !/^State:\s+Z/m.test(status);
}
