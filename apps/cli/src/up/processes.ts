import { readFileSync } from 'node:fs';

/** Whether a process with this id runs. One that has ended and was not waited for (a zombie) does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
  const stat = readProc(pid, 'stat');
  return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
}

/** Whether the process has `argument` on its command line (a data directory, say): its id alone may be another's by now. */
export function hasArgument(pid: number, argument: string): boolean {
  return readProc(pid, 'cmdline')
    .split('\0')
    .some((part) => part === argument || part.startsWith(`${argument} `));
}

/** Sends each signal in turn, and waits up to `patienceMs` after each, until the process is gone. */
export async function endProcess(pid: number, signals: readonly NodeJS.Signals[], patienceMs = 10_000): Promise<void> {
  for (const signal of signals) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (let waited = 0; waited < patienceMs; waited += 20) {
      if (!isRunning(pid)) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
