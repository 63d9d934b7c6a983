import { readFile } from 'node:fs/promises';

/** Of a clock tick, as /proc counts processor time: `USER_HZ` is 100 wherever Node runs on Linux. */
const tickMs = 10;

/** Milliseconds of processor time that a process, with its children that have ended, has taken; undefined when it is gone, or where there is no /proc. */
export async function processorMs(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // Behind the program's name, which may contain anything: utime, stime, cutime and cstime are the 14th to 17th field.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return fields.length < 15 ? undefined : ticks * tickMs;
}
