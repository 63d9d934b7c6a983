import { createHash } from 'node:crypto';
import { addCheckpoint, FencedError, takeReplacedCheckpoints } from '@trainyard/database';
import { toLayerWeights, toModelFile, toSnapshot, type Trainer, WRITTEN_KERAS_VERSION } from '@trainyard/engine';
import { writeModelFile, writeWeightsFile } from '@trainyard/keras-format';
import { newCheckpointId, type Best } from '@trainyard/protocol';
import { checkpointKey } from '../../object-keys.js';
import type { Attempt } from '../attempt.js';
import { stage } from '../stage.js';

export interface CheckpointSpec {
  readonly filename: string;
  readonly epoch: number | null;
  readonly step: number;
  readonly kind: 'model' | 'weights';
  readonly final: boolean;
  /** Of the final one: the epoch at which a job that continues this one begins. */
  readonly nextEpoch?: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Told the checkpoint's id; answers what is then the job's best, where that changes. */
  readonly best?: (id: string) => Best | undefined;
}

/** Files that may wait to be written, each of the size of the model. */
const waitingFiles = 2;

/**
 * Makes a checkpoint of the weights as they are now. They are copied before this resolves; the file is written and
 * stored in the journal's order, while training goes on.
 *
 * @returns the checkpoint's id.
 */
export async function saveCheckpoint(attempt: Attempt, trainer: Trainer, spec: CheckpointSpec): Promise<string> {
  const { order, journal, phases } = attempt;
  phases.enter('checkpointing');
  await journal.room(waitingFiles);
  const { best, nextEpoch, ...row } = spec;
  const id = newCheckpointId();
  const key = checkpointKey(order.project, order.ref.jobId, id);
  const write = spec.kind === 'model' ? await modelWriter(trainer, nextEpoch === undefined ? undefined : { nextEpoch, step: spec.step }) : await weightsWriter(trainer);
  const asBest = best?.(id);
  let file: { bytes: Uint8Array; sha256: string } | undefined;
  const store = async (): Promise<void> => {
    file ??= withDigest(await write());
    await attempt.store.put(key, file.bytes, { contentType: 'application/x-hdf5' });
    await dropUnlessOurs(attempt, key, () =>
      addCheckpoint(attempt.database, order.ref, { ...row, id, key, bytes: file?.bytes.length ?? 0, sha256: file?.sha256 ?? '' }, asBest),
    );
  };
  journal.add(() => stage('write checkpoint', store, { 'trainyard.checkpoint.id': id, 'trainyard.step': spec.step }));
  return id;
}

/** Adds to the journal: the files of checkpoints that newer ones have replaced for good are deleted. */
export function dropReplaced({ journal, database, store, order }: Attempt): void {
  journal.add(async () => store.delete(await takeReplacedCheckpoints(database, order.ref)));
}

/** Commits the row of an object; the object goes again when the attempt does not hold the job any more. @returns what `commit` does */
export async function dropUnlessOurs<T>(attempt: Pick<Attempt, 'store'>, key: string, commit: () => Promise<T>): Promise<T> {
  try {
    return await commit();
  } catch (error) {
    if (error instanceof FencedError) await attempt.store.delete([key]);
    throw error;
  }
}

/** @param end makes the file one that training can go on from exactly, which Keras's own layout has no place for */
async function modelWriter(trainer: Trainer, end?: { nextEpoch: number; step: number }): Promise<() => Promise<Uint8Array>> {
  const file = end ? await toSnapshot(trainer, { ...end, resume: { history: { epoch: [], history: {} }, callbackStates: [] } }) : await toModelFile(trainer);
  return () => writeModelFile(file);
}

async function weightsWriter(trainer: Trainer): Promise<() => Promise<Uint8Array>> {
  const layers = toLayerWeights(trainer.compiled.model, await trainer.program.getWeights());
  return () => writeWeightsFile({ kerasVersion: WRITTEN_KERAS_VERSION, backend: 'tensorflow', layers });
}

function withDigest(bytes: Uint8Array): { bytes: Uint8Array; sha256: string } {
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}
