import { readFile } from 'node:fs/promises';

/** A process's resident memory in bytes; undefined when it is gone, or where there is no /proc. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** How often the kernel has killed a process of our control group for its memory; undefined where it does not say. */
export async function oomKills(): Promise<number | undefined> {
  const events = await readFile('/sys/fs/cgroup/memory.events', 'utf8').catch(() => '');
  const count = /^oom_kill (\d+)$/m.exec(events)?.[1];
  return count === undefined ? undefined : Number(count);
}
