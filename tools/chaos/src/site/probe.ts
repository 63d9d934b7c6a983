import { readdirSync, readlinkSync } from 'node:fs';

/*
 * Loaded into one of our processes beside its own program (`node --expose-gc --import`): it answers what the process holds
 * when all that is garbage has been collected. The program knows nothing of it.
 */

/** What a process holds. Sizes in bytes. */
export interface Holdings {
  readonly rss: number;
  /** Objects and buffers that can still be reached. */
  readonly live: number;
  readonly files: number;
  readonly sockets: number;
}

export const probeRequest = 'trainyard-chaos-probe';

process.on('message', (message) => {
  if (message !== probeRequest) return;
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  const open = readdirSync('/proc/self/fd').map(targetOf);
  const sockets = open.filter((target) => target.startsWith('socket:')).length;
  process.send?.({ [probeRequest]: { rss, live: heapUsed + external, files: open.length - sockets, sockets } satisfies Holdings });
});

function targetOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return ''; // that of the folder itself
  }
}
