import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppProcess } from './app-process.js';

const lookMs = 20;

/** Does some work; answers it and the most memory, in MiB, that any process which `app` started has had by then. */
export async function withPeakMemory<T>(app: AppProcess, work: () => Promise<T>): Promise<{ result: T; peakMiB: number }> {
  let peakMiB = 0;
  let done = false;
  const watching = (async () => {
    while (!done) {
      for (const pid of await app.children()) peakMiB = Math.max(peakMiB, await peakOf(pid));
      await sleep(lookMs);
    }
  })();
  try {
    return { result: await work(), peakMiB };
  } finally {
    done = true;
    await watching;
  }
}

/** 0 of a process that is gone. */
async function peakOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
}
