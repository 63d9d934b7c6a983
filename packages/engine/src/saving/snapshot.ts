import { FormatError, type Json, type ModelFile, type NamedArray } from '@trainyard/keras-format';
import type { NdArray } from '@trainyard/ndarray';

import type { EpochPoint, ResumePoint } from '../training/run-training.js';
import type { Trainer } from '../training/trainer.js';
import { restoreModelFile, toModelFile } from './model-file.js';

/** Name of the group that holds what Keras's own layout has no place for. */
export const SNAPSHOT_GROUP = 'trainyard_snapshot';

/** Where a snapshot goes on, besides the weights. */
export interface SnapshotState {
  /** The first epoch that has not ended. */
  readonly nextEpoch: number;
  /** Steps trained so far in the whole job. */
  readonly step: number;
  readonly resume: ResumePoint;
  /** Bytes that others keep with it, by names of theirs. */
  readonly files?: ReadonlyMap<string, Uint8Array>;
}

/** The internal state from which training goes on: a whole-model file with one more group, so a Keras file too. */
export async function toSnapshot(trainer: Trainer, state: SnapshotState): Promise<ModelFile> {
  const attributes = {
    next_epoch: String(state.nextEpoch),
    step: String(state.step),
    iterations: String(trainer.iterations),
    lr: String(trainer.lr),
    schedule: String(trainer.schedule),
    seed: String(trainer.seed),
    history: JSON.stringify(encode(state.resume.history.history)),
    epochs: JSON.stringify(state.resume.history.epoch),
    callbacks: JSON.stringify(state.resume.callbackStates),
    epoch: JSON.stringify(state.resume.epoch ?? null),
  };
  const { states } = trainer.program;
  const values = await trainer.program.read(states.map(({ name }) => name));
  const arrays = [...states.map(({ name }, i) => ({ name, array: values[i] as NdArray })), ...fileArrays(state.files)];
  return { ...(await toModelFile(trainer)), extra: { [SNAPSHOT_GROUP]: { attributes, arrays } } };
}

/**
 * Restores a trainer from a snapshot.
 * @throws FormatError when the file is no snapshot.
 */
export async function restoreSnapshot(trainer: Trainer, file: ModelFile): Promise<SnapshotState> {
  const { attributes, arrays = [] } = file.extra?.[SNAPSHOT_GROUP] ?? {};
  if (!attributes) throw new FormatError('no_snapshot', SNAPSHOT_GROUP, 'expected a snapshot, received a file without this group');
  const text = (name: string): string => {
    const value = attributes[name];
    if (value === undefined) throw new FormatError('no_snapshot', `${SNAPSHOT_GROUP}/${name}`, 'expected an attribute, found none');
    return value;
  };
  await restoreModelFile(trainer, file);
  trainer.iterations = Number(text('iterations'));
  trainer.lr = Number(text('lr'));
  trainer.schedule = Number(text('schedule'));
  await trainer.program.write(new Map(trainer.program.states.map(({ name }) => [name, stateIn(arrays, name)])));
  const history = decode(JSON.parse(text('history')) as Record<string, (number | string)[]>);
  const epoch = JSON.parse(text('epochs')) as number[];
  const point = JSON.parse(text('epoch')) as EpochPoint | null;
  return {
    nextEpoch: Number(text('next_epoch')),
    step: Number(text('step')),
    files: filesIn(arrays),
    resume: { history: { epoch, history }, callbackStates: JSON.parse(text('callbacks')) as Json[], ...(point && { epoch: point }) },
  };
}

/** What the names of arrays begin with that are files. */
const FILE = 'file:';

function fileArrays(files: ReadonlyMap<string, Uint8Array> = new Map()): NamedArray[] {
  return [...files].map(([name, data]) => ({ name: FILE + name, array: { dtype: 'uint8', shape: [data.length], data } }));
}

function filesIn(arrays: readonly NamedArray[]): Map<string, Uint8Array> {
  return new Map(arrays.flatMap(({ name, array }) => (name.startsWith(FILE) ? [[name.slice(FILE.length), array.data as Uint8Array] as const] : [])));
}

function stateIn(arrays: readonly NamedArray[], name: string): NdArray {
  const found = arrays.find((candidate) => candidate.name === name);
  if (!found) throw new FormatError('no_snapshot', `${SNAPSHOT_GROUP}/${name}`, 'expected the state of a stateful layer, found none');
  return found.array;
}

/** JSON has no NaN or infinities; a diverged History has. */
function encode(history: Record<string, number[]>): Record<string, (number | string)[]> {
  return Object.fromEntries(Object.entries(history).map(([name, values]) => [name, values.map((value) => (Number.isFinite(value) ? value : String(value)))]));
}

function decode(history: Record<string, (number | string)[]>): Record<string, number[]> {
  return Object.fromEntries(Object.entries(history).map(([name, values]) => [name, values.map(Number)]));
}
