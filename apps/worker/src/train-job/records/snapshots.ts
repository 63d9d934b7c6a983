import { saveSnapshot } from '@trainyard/database';
import { type SnapshotState, toSnapshot, type Trainer } from '@trainyard/engine';
import { writeModelFile } from '@trainyard/keras-format';
import { newSnapshotId } from '@trainyard/protocol';
import type { AttemptOrder } from '../../messages.js';
import { snapshotKey } from '../../object-keys.js';
import type { Attempt } from '../attempt.js';
import { stage } from '../stage.js';
import { dropReplaced, dropUnlessOurs } from './checkpoints.js';

/** Stores a snapshot's file and makes it the job's newest; the one that is none any more goes. @throws FencedError */
export async function storeSnapshot(attempt: Pick<Attempt<AttemptOrder>, 'store' | 'database' | 'order'>, pointer: { readonly key: string; readonly step: number; readonly epoch: number }, bytes: Uint8Array): Promise<void> {
  const { store, database, order } = attempt;
  await stage('write snapshot', async () => {
    await store.put(pointer.key, bytes);
    await store.delete(await dropUnlessOurs(attempt, pointer.key, () => saveSnapshot(database, order.ref, pointer)));
  }, { 'trainyard.step': pointer.step, 'trainyard.bytes': bytes.length });
}

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
    const { order, journal } = this.attempt;
    this.#lastTime = performance.now();
    this.#storing = true;
    const file = await toSnapshot(this.trainer, state);
    const key = snapshotKey(order.project, order.ref.jobId, newSnapshotId());
    const pointer = { key, step: state.step, epoch: state.nextEpoch };
    let bytes: Uint8Array | undefined;
    journal.add(async () => {
      bytes ??= await writeModelFile(file);
      await storeSnapshot(this.attempt, pointer, bytes);
      this.#storing = false;
    });
    dropReplaced(this.attempt);
  }
}
