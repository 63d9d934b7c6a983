import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/**
 * How memory is measured, on Linux: the kernel keeps the largest resident size of a process (VmHWM), and `5` written to
 * clear_refs sets that mark back to the present size (proc_pid_clear_refs(5)). A file's growth is the mark after loading less the
 * size before it, garbage collected. To this comes the mark of the process that reads .h5 and .keras files, over the mark of the
 * same process for the smallest sound file; the supervisor looks at it every few milliseconds.
 */

/** The process's resident size now, and the largest since the mark was last set back, in KiB; undefined where /proc is not there. */
export function residentKiB(pid: number | 'self'): { now: number; peak: number } | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]);
    const found = { now: field('VmRSS'), peak: field('VmHWM') };
    return Number.isFinite(found.now + found.peak) ? found : undefined;
  } catch {
    return undefined; // no /proc, or the process has ended
  }
}

/** Sets this process's mark back. @returns whether the system lets us */
export function resetPeak(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return true;
  } catch {
    return false;
  }
}

/** The processes that a process has started and that are alive. */
export function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'latin1').split(' ').filter(Boolean).map(Number));
  } catch {
    return [];
  }
}
