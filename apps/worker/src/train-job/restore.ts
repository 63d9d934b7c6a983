import { fromWeightsFile, restoreSnapshot, SNAPSHOT_GROUP, type SnapshotState, type Trainer } from '@trainyard/engine';
import { FormatError, readModelFile, readUntrusted, readWeightsFile, type WeightsFile } from '@trainyard/keras-format';
import type { ResolvedWeights } from '@trainyard/protocol';
import type { Attempt } from './attempt.js';
import { resolveUri } from './open-dataset.js';
import { withPatience } from './patience.js';
import { inPart } from './placed-error.js';

const maxFileBytes = 2 ** 31;

/**
 * Gives the trainer its first weights: those of the snapshot that an earlier attempt left, or what the initializers draw
 * with the job's `weights` over it.
 *
 * @returns where the snapshot goes on; undefined when there is none.
 * @throws PlacedError with the FormatError of weights that do not fit.
 */
export async function restore(attempt: Attempt, trainer: Trainer): Promise<SnapshotState | undefined> {
  const { order, store } = attempt;
  if (order.snapshot) {
    const { key } = order.snapshot;
    const bytes = await withPatience(() => store.read(key));
    return restoreSnapshot(trainer, await readModelFile(bytes, { extra: [SNAPSHOT_GROUP] }));
  }
  await trainer.initialize();
  for (const weights of order.spec.weights) await inPart('/weights', () => loadWeights(attempt, trainer, weights));
  return undefined;
}

async function loadWeights(attempt: Attempt, trainer: Trainer, weights: ResolvedWeights): Promise<void> {
  if (weights.into !== null) throw new FormatError('not_supported', 'into', 'expected weights for the whole model');
  const file = await readFile(attempt, weights.from);
  const values = fromWeightsFile(trainer.compiled.model, file, { byName: weights.by_name, skipMismatch: weights.skip_mismatch });
  if (values.size === 0) attempt.log('warning', 'weights: no layer of the file has the name of a layer of the model; nothing was loaded');
  await trainer.program.write(values);
}

/** A file that a user has uploaded is read in a process that holds nothing else; one that we wrote is not. */
async function readFile({ order, store }: Attempt, from: ResolvedWeights['from']): Promise<WeightsFile> {
  if ('key' in from) return readWeightsFile(await withPatience(() => store.read(from.key)));
  const { store: source, prefix: key } = resolveUri(from.uri, store, order.project, order.storage);
  const info = await withPatience(() => source.stat(key));
  if (info && info.bytes > maxFileBytes) throw new FormatError('too_large', from.uri, `expected a file of at most ${maxFileBytes} bytes, received ${info.bytes}`);
  return readUntrusted(await withPatience(() => source.read(key)), 'weights');
}
