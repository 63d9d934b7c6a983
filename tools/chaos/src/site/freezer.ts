import type { AppProcess } from '@trainyard/stack';
import { sendSignal } from './send-signal.js';

/** Stops processes as a machine that is suspended would, and lets them go on. */
export class Freezer {
  readonly #frozen = new Set<number>();

  constructor() {
    process.once('exit', () => this.release()); // a stopped process does not notice that we are gone
  }

  /** Stops a worker. @param which its supervisor alone: then its training process goes on without one */
  async freeze(worker: AppProcess, which: 'all' | 'supervisor'): Promise<readonly number[]> {
    const pids = which === 'all' ? [worker.pid, ...(await worker.children())] : [worker.pid];
    for (const pid of pids) this.#signal(pid, 'SIGSTOP');
    return pids;
  }

  thaw(pids: readonly number[]): void {
    for (const pid of pids) this.#signal(pid, 'SIGCONT');
  }

  /** Lets all go on that are still stopped. */
  release(): void {
    this.thaw([...this.#frozen]);
  }

  #signal(pid: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
    sendSignal(pid, signal);
    if (signal === 'SIGSTOP') this.#frozen.add(pid);
    else this.#frozen.delete(pid);
  }
}
