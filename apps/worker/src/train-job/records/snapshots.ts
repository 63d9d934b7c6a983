import { saveSnapshot } from '@trainyard/database';
import { type SnapshotState, toSnapshot, type Trainer } from '@trainyard/engine';
import { writeModelFile } from '@trainyard/keras-format';
import { newSnapshotId } from '@trainyard/protocol';
import { snapshotKey } from '../../object-keys.js';
import type { Attempt } from '../attempt.js';
import { dropReplaced, dropUnlessOurs } from './checkpoints.js';

/**
 * Keeps the state from which the next attempt would go on: by time within an epoch, sooner at an epoch's end, and not
 * before the one before is stored. Training goes on meanwhile: what it waits for is the copy of the weights.
 */
export class Snapshots {
  #lastTime = performance.now();
  #storing = false;

  constructor(
    private readonly attempt: Attempt,
    private readonly trainer: Trainer,
  ) {}

  get dueAfterEpoch(): boolean {
    return this.#due(this.attempt.workplace.snapshots.afterEpochMs);
  }

  get dueWithinEpoch(): boolean {
    return this.#due(this.attempt.workplace.snapshots.everyMs);
  }

  #due(ms: number): boolean {
    return !this.#storing && performance.now() - this.#lastTime >= ms;
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
      let replaced: readonly string[] = [];
      await dropUnlessOurs(this.attempt, key, async () => {
        replaced = await saveSnapshot(database, order.ref, pointer);
      });
      await store.delete(replaced);
      this.#storing = false;
    });
    dropReplaced(this.attempt);
  }
}
