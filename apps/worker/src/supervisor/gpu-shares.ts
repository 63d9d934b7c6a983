import type { Resources } from '@trainyard/protocol';

/**
 * How much of each GPU of this machine its attempts may take. A job is begun only where its share is free: TensorFlow takes the
 * whole fraction at once, and finds too late that it is not there.
 */
export class GpuShares {
  readonly #taken = new Map<string, { readonly gpu: number; readonly share: number }>();

  /** @param hasGpu whether the machine has one; else shares are of nothing, and all are free */
  constructor(private readonly hasGpu: boolean) {}

  /** Takes a job's share, and answers whether it was free. */
  take(job: string, resources: Resources): boolean {
    const wanted = this.#shareOf(resources);
    if (!wanted) return true;
    const taken = [...this.#taken.values()].reduce((sum, { gpu, share }) => sum + (gpu === wanted.gpu ? share : 0), 0);
    // Sums of tenths are not exact.
    if (taken + wanted.share > 1 + 1e-9) return false;
    this.#taken.set(job, wanted);
    return true;
  }

  release(job: string): void {
    this.#taken.delete(job);
  }

  /** Without a fraction TensorFlow takes the whole GPU, or as much as it happens to need. */
  #shareOf({ device, gpu_memory_fraction: fraction }: Resources): { gpu: number; share: number } | undefined {
    if (!this.hasGpu || device === 'cpu') return undefined;
    return { gpu: Number(/^gpu:(\d+)$/.exec(device)?.[1] ?? 0), share: fraction ?? 1 };
  }
}
