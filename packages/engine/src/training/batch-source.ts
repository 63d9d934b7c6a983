import { allocate, concatRows, gatherRows, type NdArray, sizeOf, type TypedArray } from '@trainyard/ndarray';

import { type Batch, type BatchStream, rowsOf } from '../data/batch.js';
import { ModelDataError } from '../data/data-error.js';
import { batchPermutation, permutation } from '../data/shuffle.js';
import type { XlaUse } from '../runtime/runtime.js';
import { sliceBatch } from './evaluate.js';
import type { ResidentRows } from './resident-rows.js';
import type { Trainer } from './trainer.js';

/** Consecutive batches, to be trained in one run. */
export interface Run {
  /** How many rows each of them has. */
  readonly rows: readonly number[];
  /** Trains on them; answers the metrics of each. */
  train(trainer: Trainer): Promise<Float32Array[]>;
}

/** The batches of an epoch, already standardized. */
export interface BatchSource {
  readonly steps: number;
  /** Called once, before the first run. */
  begin?(trainer: Trainer): Promise<void>;
  /**
   * At least one and at most `count` batches from `step` on. Steps are asked for in their order; the rows of a run may be
   * overwritten by the run after the next one.
   */
  run(epoch: number, step: number, count: number): Run | Promise<Run>;
}

function runOf(batches: Batch, rows: readonly number[]): Run {
  return { rows, train: (trainer) => trainer.trainBatches(batches, rows) };
}

/**
 * Batches of arrays in memory, in an order that is a pure function of seed and epoch. Where `worthHolding`, shuffled rows are
 * copied into the program once, and gathered there.
 */
export function arraySource(data: Batch, { batchSize, shuffle, seed }: { batchSize: number; shuffle: boolean | 'batch'; seed: number }): BatchSource {
  const samples = rowsOf(data);
  const steps = Math.ceil(samples / batchSize);
  const room = new GatherRoom();
  let resident: ResidentRows | undefined;
  let order: { epoch: number; indices: Uint32Array } | undefined;
  return {
    steps,
    begin: async (trainer) => {
      if (shuffle !== false && worthHolding(data, batchSize, trainer.xla)) resident = await trainer.hold(data);
    },
    run: (epoch, step, count) => {
      const start = step * batchSize;
      const end = Math.min(samples, start + count * batchSize);
      const rows = Array.from({ length: Math.min(count, steps - step) }, (_, i) => Math.min(batchSize, samples - start - i * batchSize));
      if (shuffle === false) return runOf(sliceBatch(data, start, end), rows);
      if (order?.epoch !== epoch) {
        const indices = shuffle === 'batch' ? batchPermutation(samples, batchSize, seed, epoch) : permutation(samples, seed, epoch);
        order = { epoch, indices };
      }
      const { indices } = order;
      if (resident) {
        const held = resident;
        const taken = Int32Array.from(indices.subarray(start, end));
        return { rows, train: (trainer) => trainer.trainResident(held, taken, rows) };
      }
      room.next();
      return runOf(mapArrays(data, (array) => gatherRows(array, indices, start, end, room.of(array, end - start))), rows);
    },
  };
}

/** Bytes of a batch from which its rows are gathered faster in the graph than beside it: of fewer, copying costs nothing. */
const MIN_BATCH_BYTES = 2 ** 16;
/** Bytes of all rows up to which a second copy of them is held. */
const MAX_BYTES = 2 ** 26;

/** Whether rows are held where the steps run. Not for steps that XLA compiles whole: its gather is the slower one. */
function worthHolding(data: Batch, batchSize: number, xla: XlaUse | undefined): boolean {
  const bytes = [...data.x, ...data.y, ...(data.sampleWeight ?? [])].reduce((sum, array) => sum + (array?.data.byteLength ?? 0), 0);
  return xla !== 'step' && bytes <= MAX_BYTES && (bytes / rowsOf(data)) * batchSize >= MIN_BATCH_BYTES;
}

/**
 * Memory for gathered rows, used again by every second run: while one run trains, the rows of the next are gathered. Without
 * it 8 MB of rows a run kept the garbage collector busy for a third of the main thread's time.
 */
class GatherRoom {
  readonly #halves = [new Map<NdArray, TypedArray>(), new Map<NdArray, TypedArray>()] as const;
  #half: 0 | 1 = 0;

  /** Turns to the memory of the run before the last. */
  next(): void {
    this.#half = this.#half === 0 ? 1 : 0;
  }

  of(array: NdArray, rows: number): TypedArray {
    const half = this.#halves[this.#half];
    const needed = rows * sizeOf(array.shape.slice(1));
    let room = half.get(array);
    if (!room || room.length < needed) half.set(array, (room = allocate(array.dtype, needed)));
    return room;
  }
}

/** `steps` batches an epoch of an endless stream. @param prepare standardizes rows as they come. */
export function streamSource(stream: AsyncIterator<Batch> | BatchStream, steps: number, prepare: (batch: Batch) => Batch): BatchSource {
  if (!('take' in stream)) return iteratorSource(stream, steps, prepare);
  return {
    steps,
    run: async (_epoch, _step, count) => {
      const { batches, rows } = await stream.take(count);
      return runOf(prepare(batches), rows);
    },
  };
}

/** Batches that come one by one. */
function iteratorSource(stream: AsyncIterator<Batch>, steps: number, prepare: (batch: Batch) => Batch): BatchSource {
  const waiting: Batch[] = [];
  return {
    steps,
    run: async (_epoch, step, count) => {
      while (waiting.length < count) {
        const next = await stream.next();
        if (next.done) throw new ModelDataError('no_data', 'train data', `expected ${steps} batches an epoch, the stream ended at batch ${step + waiting.length}`);
        waiting.push(prepare(next.value));
      }
      const [first] = waiting;
      // A stream may change the length of its sequences from batch to batch: such batches are not put behind each other.
      const other = waiting.findIndex((batch) => first !== undefined && !sameRows(first, batch));
      const taken = waiting.splice(0, other === -1 ? count : Math.min(count, other));
      return runOf(joined(taken), taken.map(rowsOf));
    },
  };
}

function mapArrays({ x, y, sampleWeight }: Batch, f: (array: NdArray, list: 'x' | 'y' | 'sampleWeight', index: number) => NdArray): Batch {
  return {
    x: x.map((array, i) => f(array, 'x', i)),
    y: y.map((array, i) => f(array, 'y', i)),
    sampleWeight: sampleWeight?.map((array, i) => array && f(array, 'sampleWeight', i)),
  };
}

function joined(batches: readonly Batch[]): Batch {
  const [first] = batches;
  if (!first || batches.length === 1) return first as Batch;
  return mapArrays(first, (_array, list, index) => concatRows(batches.map((batch) => batch[list]?.[index] as NdArray)));
}

/** Whether the rows of two batches have the same shapes, and both have the same sample weights or none. */
function sameRows(a: Batch, b: Batch): boolean {
  const shapes = ({ x, y, sampleWeight = [] }: Batch): string => [...x, ...y, ...sampleWeight].map((array) => array?.shape.slice(1).join() ?? '-').join(';');
  return a === b || shapes(a) === shapes(b);
}
