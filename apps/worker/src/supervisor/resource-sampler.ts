import type { ResourceUse } from '@trainyard/database';
import type { GpuMemory } from './gpu-memory.js';
import { residentBytes } from './memory.js';
import { processorMs } from './processor.js';
import { Repeating } from './repeating.js';

/** The shortest interval between two samples of a job. */
const tickMs = 5_000;
const lookMs = 1_000;
/** Samples that a job keeps, at most; and one more for each attempt. */
const mostSamples = 720;

/**
 * Every how many ticks a job keeps a sample once it has been running for `tick` of them: each time that there would be more than it
 * keeps, every second one goes, and the interval doubles. An hour is kept by five seconds, a day by three minutes.
 */
export function keptEvery(tick: number): number {
  let every = 1;
  while (tick >= mostSamples * every) every *= 2;
  return every;
}

export interface ResourceSamplerOptions {
  readonly pid: number;
  /** Milliseconds that earlier attempts of the job were running. */
  readonly ranMs: number;
  readonly memoryLimitMb: number | null;
  /** Undefined where the job can have none. */
  readonly gpuMemory: GpuMemory | undefined;
  /** @param every the job keeps samples of multiples of this only. */
  readonly store: (sample: ResourceUse & { readonly tick: number }, every: number) => Promise<void>;
  /** Told why a sample was not stored: it is left out. */
  readonly onTrouble: (error: unknown) => void;
}

/**
 * Samples what the process of an attempt takes of its machine: first after a second, then the more seldom the longer its job has
 * been running.
 */
export class ResourceSampler {
  readonly #looking = new Repeating(lookMs, () => this.look().catch((error: unknown) => this.options.onTrouble(error)));
  readonly #startedAt = performance.now();
  #last: { readonly at: number; readonly processorMs: number } | undefined;
  #lastTick = -1;

  constructor(private readonly options: ResourceSamplerOptions) {}

  start(): void {
    this.#looking.start();
  }

  /** Samples no more. Nobody waits for the sample under way: it may have to do with a database that is away. */
  stop(): void {
    void this.#looking.close();
  }

  /** Takes a sample if it is time for one; the first look only notes what there is to compare with. @throws what `store` throws */
  async look(): Promise<void> {
    const { pid, ranMs, memoryLimitMb, gpuMemory, store } = this.options;
    const at = performance.now();
    const tick = Math.floor((ranMs + at - this.#startedAt) / tickMs);
    const every = keptEvery(tick);
    if (this.#last && (tick === this.#lastTick || tick % every !== 0)) return;
    const [processor, bytes] = await Promise.all([processorMs(pid), residentBytes(pid)]);
    if (processor === undefined || bytes === undefined) return;
    const since = this.#last;
    this.#last = { at, processorMs: processor };
    if (!since) return;
    this.#lastTick = tick;
    const cpuPercent = Math.max(0, Math.round((1000 * (processor - since.processorMs)) / (at - since.at)) / 10);
    const gpuMemoryMb = gpuMemory ? await gpuMemory.of(pid) : null;
    await store({ tick, cpuPercent, memoryMb: Math.round(bytes / 2 ** 20), memoryLimitMb, gpuMemoryMb }, every);
  }
}
