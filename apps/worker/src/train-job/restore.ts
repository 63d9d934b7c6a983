import { discardSnapshot } from '@trainyard/database';
import { fromWeightsFile, type Model, restoreModelFile, restoreSnapshot, SNAPSHOT_GROUP, type SnapshotState, type Trainer, weightRefsByLayer } from '@trainyard/engine';
import { FormatError, isArchive, type ModelFile, readModelFile, readUntrusted, readWeightsFile, type WeightsFile, writeModelJson } from '@trainyard/keras-format';
import { ObjectNotFoundError } from '@trainyard/object-store';
import type { ResolvedWeights } from '@trainyard/protocol';
import type { AttemptOrder } from '../messages.js';
import type { Attempt } from './attempt.js';
import { resolveUri } from './open-dataset.js';
import { withPatience } from './patience.js';
import { inPart } from './placed-error.js';

const maxFileBytes = 2 ** 31;

/**
 * Gives the trainer its first weights: those of the snapshot that an earlier attempt left, those of the job that this one
 * continues, or what the initializers draw with the job's `weights` over it.
 *
 * @returns where the snapshot goes on; undefined when there is none.
 * @throws PlacedError with the FormatError of weights that do not fit.
 */
export async function restore(attempt: Attempt, trainer: Trainer): Promise<SnapshotState | undefined> {
  const { continued } = attempt.order.spec;
  if (attempt.order.snapshot) return restoreNewest(attempt, trainer, attempt.order.snapshot.key);
  if (continued) {
    // All but the History and the callbacks of the job that this one continues.
    await inPart('/continued', () => restoreFrom(attempt, trainer, continued.key));
    return undefined;
  }
  await trainer.initialize();
  for (const weights of attempt.order.spec.weights) await inPart('/weights', () => loadWeights(attempt, trainer, weights));
  return undefined;
}

async function restoreFrom({ store }: Attempt, trainer: Trainer, key: string): Promise<SnapshotState> {
  const bytes = await withPatience(() => store.read(key));
  return restoreSnapshot(trainer, await readModelFile(bytes, { extra: [SNAPSHOT_GROUP] }));
}

function restoreNewest(attempt: Attempt, trainer: Trainer, key: string): Promise<SnapshotState> {
  return usingSnapshot(attempt, key, () => restoreFrom(attempt, trainer, key), (error) => error instanceof FormatError);
}

/**
 * Goes on from the newest snapshot.
 *
 * @param isDamaged whether an error says that its file is not what was written
 * @throws SnapshotLostError when it cannot be used; the next attempt goes on from the one before it
 */
export async function usingSnapshot<T>({ database, order }: Pick<Attempt<AttemptOrder>, 'database' | 'order'>, key: string, restored: () => Promise<T>, isDamaged: (error: Error) => boolean): Promise<T> {
  try {
    return await restored();
  } catch (error) {
    if (!(error instanceof ObjectNotFoundError || (error instanceof Error && isDamaged(error)))) throw error;
    await withPatience(() => discardSnapshot(database, order.ref, key));
    throw new SnapshotLostError(error);
  }
}

/** The state that an earlier attempt left is gone, or damaged. */
export class SnapshotLostError extends Error {
  override readonly name = 'SnapshotLostError';
  constructor(cause: Error) {
    super(`the newest snapshot cannot be read: ${cause.message}; the next attempt goes on from the one before it`, { cause });
  }
}

/** Weights and the state of the optimizer, which must be the one that the file was trained with. */
async function loadModel(attempt: Attempt, trainer: Trainer, from: ResolvedWeights['from']): Promise<void> {
  const bytes = await readBytes(attempt, from);
  const file: ModelFile = 'key' in from ? await readModelFile(bytes) : await readUntrusted(bytes, isArchive(bytes) ? 'keras' : 'model');
  const { className } = trainer.compiled.optimizer;
  const saved = file.trainingConfig?.optimizer_config.class_name.replace(/^.*>/, ''); // tf-keras writes Custom>Adam
  if (saved?.toLowerCase() !== className.toLowerCase()) throw new FormatError('optimizer_weights', 'training_config/optimizer_config', `expected the state of ${className}, which the job is compiled with, received that of ${saved ?? 'no optimizer'}`);
  await restoreModelFile(trainer, file);
}

async function loadWeights(attempt: Attempt, trainer: Trainer, weights: ResolvedWeights): Promise<void> {
  if (weights.optimizer_state) return loadModel(attempt, trainer, weights.from);
  // Keras 3's *.weights.h5 number their arrays: the model says whose they are.
  const model = weights.into === null ? { json: writeModelJson(trainer.compiled.model.description) } : undefined;
  const file = await readFile(attempt, weights.from, model);
  const values = fromWeightsFile(trainer.compiled.model, file, { byName: weights.by_name, skipMismatch: weights.skip_mismatch, into: weights.into });
  if (weights.by_name && weights.into === null) for (const line of leftOut(trainer.compiled.model, file, values)) attempt.log('warning', line);
  await trainer.program.write(values);
}

/** What loading by name has left out, each side in a line: a name that was mistyped shows here. */
function leftOut(model: Model, file: Pick<WeightsFile, 'layers'>, loaded: ReadonlyMap<string, unknown>): string[] {
  const inFile = new Set(file.layers.filter(({ weights }) => weights.length > 0).map(({ layer }) => layer));
  const layers = weightRefsByLayer(model).filter(({ weights }) => weights.length > 0);
  const without = layers.filter(({ weights }) => weights.every(({ variable }) => !loaded.has(variable))).map(({ layer }) => layer.name);
  const known = new Set(layers.map(({ layer }) => layer.name));
  const say = (what: string, names: readonly string[]): string[] => (names.length === 0 ? [] : [`weights: ${what}: ${names.join(', ')}`]);
  return [
    ...say('not loaded, since the file has other shapes', without.filter((name) => inFile.has(name))),
    ...say('not loaded, since the file has no layer of the name', without.filter((name) => !inFile.has(name))),
    ...say('in the file, and not in the model', [...inFile].filter((name) => !known.has(name))),
  ];
}

/** A file that a user has uploaded is read in a process that holds nothing else; one that we wrote is not. */
async function readFile(attempt: Attempt, from: ResolvedWeights['from'], model: { json: string } | undefined): Promise<WeightsFile> {
  const bytes = await readBytes(attempt, from);
  if ('key' in from) return readWeightsFile(bytes);
  return isArchive(bytes) ? readUntrusted(bytes, 'keras') : readUntrusted(bytes, 'weights', model && { model });
}

async function readBytes({ order, workplace, store }: Attempt, from: ResolvedWeights['from']): Promise<Uint8Array> {
  if ('key' in from) return withPatience(() => store.read(from.key));
  const { store: source, prefix: key } = resolveUri(from.uri, store, order.project, workplace.storage);
  const info = await withPatience(() => source.stat(key));
  if (info && info.bytes > maxFileBytes) throw new FormatError('too_large', from.uri, `expected a file of at most ${maxFileBytes} bytes, received ${info.bytes}`);
  return withPatience(() => source.read(key));
}
