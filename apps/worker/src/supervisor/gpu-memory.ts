import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const query = ['--query-compute-apps=pid,used_memory', '--format=csv,noheader,nounits'];
/** A driver that was asleep takes seconds to answer. */
const patienceMs = 10_000;
/** All that ask within so long are told the same. */
const freshMs = 4_000;
/** After so many failures in a row nobody asks any more. */
const mostFailures = 3;

/** How much of a GPU's memory processes have taken, as NVIDIA's driver knows it. */
export class GpuMemory {
  #asked: { readonly at: number; readonly answer: Promise<ReadonlyMap<number, number>> } | undefined;
  #failures = 0;

  /** @param program NVIDIA's, by its path or its name in PATH */
  constructor(private readonly program = 'nvidia-smi') {}

  /** In MiB, over all GPUs; null where the driver does not say, as in a container that has process ids of its own. */
  async of(pid: number): Promise<number | null> {
    if (this.#failures >= mostFailures) return null;
    const now = performance.now();
    if (!this.#asked || now - this.#asked.at > freshMs) this.#asked = { at: now, answer: this.#ask() };
    return (await this.#asked.answer).get(pid) ?? null;
  }

  async #ask(): Promise<ReadonlyMap<number, number>> {
    try {
      const { stdout } = await run(this.program, query, { timeout: patienceMs });
      this.#failures = 0;
      return readComputeApps(stdout);
    } catch {
      this.#failures++;
      return new Map();
    }
  }
}

/** MiB by process, of lines such as `1234, 512`, one for each GPU that a process is on. What is `[N/A]` is left out. */
export function readComputeApps(text: string): Map<number, number> {
  const taken = new Map<number, number>();
  for (const [, pid, mebibytes] of text.matchAll(/^(\d+), (\d+)$/gm)) taken.set(Number(pid), (taken.get(Number(pid)) ?? 0) + Number(mebibytes));
  return taken;
}
