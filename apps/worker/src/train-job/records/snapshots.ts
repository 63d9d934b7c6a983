import { saveSnapshot } from '@trainyard/database';
import { type SnapshotState, toSnapshot, type Trainer } from '@trainyard/engine';
import { writeModelFile } from '@trainyard/keras-format';
import { newSnapshotId } from '@trainyard/protocol';
import { snapshotKey } from '../../object-keys.js';
import type { Attempt } from '../attempt.js';
import { dropReplaced, dropUnlessOurs } from './checkpoints.js';

const leastIntervalMs = 1_000;

/**
 * Keeps the state from which the next attempt would go on: after each epoch, but not more often than every second, and
 * not before the one before is stored. So at most a second of short epochs is ever trained twice, and they are not slowed
 * down by files.
 */
export class Snapshots {
  #lastTime = -Infinity;
  #storing = false;

  constructor(
    private readonly attempt: Attempt,
    private readonly trainer: Trainer,
  ) {}

  get due(): boolean {
    return !this.#storing && performance.now() - this.#lastTime >= leastIntervalMs;
  }

  /** Copies the state as it is now; its file is written and stored in the journal's order. */
  async take(state: SnapshotState): Promise<void> {
    const { order, journal, store, database } = this.attempt;
    this.#lastTime = performance.now();
    this.#storing = true;
    const file = await toSnapshot(this.trainer, state);
    const key = snapshotKey(order.project, order.ref.jobId, newSnapshotId());
    const pointer = { key, step: state.step, epoch: state.nextEpoch };
    let bytes: Uint8Array | undefined;
    journal.add(async () => {
      bytes ??= await writeModelFile(file);
      await store.put(key, bytes);
      let replaced: string | undefined;
      await dropUnlessOurs(this.attempt, key, async () => {
        replaced = await saveSnapshot(database, order.ref, pointer);
      });
      if (replaced !== undefined) await store.delete([replaced]);
      this.#storing = false;
    });
    dropReplaced(this.attempt);
  }
}
