import { availableParallelism } from 'node:os';
import { LocalReader } from './local-reader.js';
import type { PieceReader } from './reader.js';
import type { Opened, Recipe } from './recipe.js';
import { ThreadReader } from './thread-reader.js';

/** A reader that somebody uses. */
export interface Lease {
  readonly reader: PieceReader;
  /** Pieces that are worth reading at the same time: while one is decoded, others arrive. With one of those instead of two reading takes a tenth longer. */
  readonly atOnce: number;
  release(): Promise<void>;
}

/** Files of fewer bytes are read in the thread that wants them: that takes less than it takes a thread to come up. */
const worthThreads = 16 * 1024 * 1024;

/** The readers of a dataset, shared by its streams. Threads end with the last of those who use them. */
export class ReaderPool {
  private readonly local: LocalReader;
  private threads: ThreadReader | undefined;
  private leases = 0;

  /** @param recipe absent: other threads cannot read this dataset */
  constructor(
    opened: Opened,
    private readonly recipe: Recipe | undefined,
    private readonly bytes: number,
  ) {
    this.local = new LocalReader(opened);
  }

  lease(workers: number): Lease {
    const atOnce = workers + 2;
    if (!this.recipe || this.bytes < worthThreads) return { reader: this.local, atOnce, release: async () => undefined };
    const threads = (this.threads ??= new ThreadReader(this.recipe, this.local));
    threads.atMost = Math.max(threads.atMost, Math.min(workers, availableParallelism()));
    this.leases++;
    let released = false;
    return {
      reader: threads,
      atOnce,
      release: async () => {
        if (released) return;
        released = true;
        if (--this.leases > 0) return;
        this.threads = undefined;
        await threads.close();
      },
    };
  }
}
