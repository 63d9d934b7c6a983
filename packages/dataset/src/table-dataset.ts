import { availableParallelism } from 'node:os';
import type { Fitted, InputRecipe } from '@trainyard/protocol';
import type { Specs } from './binding/apply-plan.js';
import type { ClassNames } from './binding/class-names.js';
import { withoutLate, type Lookups } from './binding/lookups.js';
import type { Plan } from './binding/plan.js';
import type { DataWarning } from './checks/examine.js';
import { examineTables } from './checks/examine-tables.js';
import { DataError } from './data-error.js';
import type { ArraySpec, BatchStream, Dataset, DatasetArrays, ReadOptions, Shard, StreamOptions } from './dataset.js';
import type { Table } from './formats/table.js';
import { concat, countRows, lookedUp, RowsBuilder } from './rows.js';
import { WindowBatches } from './stream/batch-stream.js';
import { rowBytesOf } from './stream/batches.js';
import type { TableRows } from './stream/pieces.js';
import { giveUp, use } from './stream/part-memory.js';
import { Pipeline } from './stream/pipeline.js';
import { Prefetch } from './stream/prefetch.js';
import { ReaderPool, type Lease } from './stream/readers/reader-pool.js';
import { RowOrders } from './stream/readers/row-orders.js';
import type { Recipe } from './stream/readers/recipe.js';

const defaultQueueSize = 10; // Keras's max_queue_size

/** A dataset over tables of one type. Made by `openDataset`. */
export class TableDataset implements Dataset {
  private readonly pipeline: Pipeline;
  private readonly readers: ReaderPool;

  /** @param recipe for other threads to open it by; absent where they cannot */
  constructor(
    readonly shards: readonly Shard[],
    private readonly plan: Plan,
    private readonly lookups: Lookups,
    readonly fitted: Fitted,
    readonly inputs: InputRecipe,
    readonly classes: Readonly<Record<string, ClassNames>>,
    private readonly specs: Specs,
    private readonly tables: readonly TableRows[],
    recipe: Recipe | undefined,
  ) {
    const arrays = [...this.x, ...this.y, ...(this.sampleWeight ?? []).flatMap((spec) => spec ?? [])];
    const rowBytes = rowBytesOf(arrays.map((spec, i) => (lookups[i] ? { ...spec, dtype: 'uint8' } : spec)));
    this.pipeline = new Pipeline(tables, rowBytes, lookups);
    const table = async (index: number): Promise<Table> => {
      const known = tables[index];
      if (!known) throw new RangeError(`expected a table below ${tables.length}, received ${index}`);
      return known.table;
    };
    this.readers = new ReaderPool({ plan: withoutLate(plan, lookups), table, orders: new RowOrders() }, recipe, bytesToRead(tables, shards, rowBytesOf(arrays)));
  }

  get x(): readonly ArraySpec[] {
    return this.specs.x;
  }
  get y(): readonly ArraySpec[] {
    return this.specs.y;
  }
  get sampleWeight(): readonly (ArraySpec | undefined)[] | undefined {
    return this.specs.sampleWeight;
  }

  get rows(): number | undefined {
    return this.pipeline.counts.total;
  }

  async load({ signal, onRows }: ReadOptions = {}): Promise<DatasetArrays> {
    refuseRandom(this.plan);
    const lease = this.readers.lease(availableParallelism());
    try {
      const parts = telling(this.pipeline.allRows(lease, signal), onRows);
      const { rows } = this;
      return await (rows === undefined ? this.loadUnknown(parts) : this.loadKnown(rows, parts));
    } finally {
      await lease.release();
    }
  }

  examine(options: ReadOptions & { readonly rows: number }): Promise<DataWarning[]> {
    return examineTables(this.plan, this.tables.map(({ table }) => table), options);
  }

  stream(options: StreamOptions): BatchStream {
    checkOptions(options);
    const { batchSize, startBatch = 0, passes = Infinity, maxQueueSize = defaultQueueSize, workers = 1 } = options;
    const order = this.pipeline.orderOf(options);
    const ended = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, ended.signal]) : ended.signal;
    let lease: Lease | undefined;
    const open = () => {
      lease = this.readers.lease(workers);
      const ahead = Math.ceil((maxQueueSize * batchSize) / order.windowRows);
      return new Prefetch(this.pipeline.windows(order, { startBatch, passes }, lease, signal), ahead, () => ended.abort());
    };
    const close = async () => {
      ended.abort();
      await lease?.release();
    };
    return new WindowBatches(batchSize, open, close, options.signal);
  }

  private async loadKnown(rows: number, parts: AsyncIterable<DatasetArrays>): Promise<DatasetArrays> {
    const { lookups } = this;
    const targets = this.x.length + this.y.length;
    const x = new RowsBuilder(this.x, rows, lookups);
    const y = new RowsBuilder(this.y, rows, lookups.slice(this.x.length));
    const weights = this.sampleWeight;
    const present = weights?.flatMap((spec) => spec ?? []);
    const w = present && new RowsBuilder(present, rows, lookups.slice(targets));
    for await (const part of parts) {
      use(part);
      x.add(part.x);
      y.add(part.y);
      w?.add(part.sampleWeight?.flatMap((array) => array ?? []) ?? []);
      giveUp(part);
    }
    const arrays = { x: x.build(), y: y.build() };
    const built = w?.build();
    return weights && built ? { ...arrays, sampleWeight: weights.map((spec) => spec && built.shift()) } : arrays;
  }

  private async loadUnknown(parts: AsyncIterable<DatasetArrays>): Promise<DatasetArrays> {
    const all: DatasetArrays[] = [];
    for await (const part of parts) if (countRows(part) > 0) all.push(lookedUp(part, this.lookups));
    if (all.length === 0) throw this.pipeline.empty();
    return concat(all);
  }
}

async function* telling(parts: AsyncIterable<DatasetArrays>, onRows: ReadOptions['onRows']): AsyncGenerator<DatasetArrays, void> {
  for await (const part of parts) {
    onRows?.(countRows(part));
    yield part;
  }
}

/** How much there is to do in a pass: the files' bytes, or where decoding them takes the time what comes of them. */
function bytesToRead(tables: readonly TableRows[], shards: readonly Shard[], rowBytes: number): number {
  const decoded = tables.reduce((sum, { table, rows = 0 }) => sum + (table.scattered ? rows * rowBytes : 0), 0);
  return decoded + shards.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** @throws DataError where transforms give other rows in each pass */
function refuseRandom({ random }: Plan): void {
  if (random === undefined) return;
  throw new DataError('data', 'this changes rows at random in each pass, and here they are loaded once; train with fit_generator, or leave the random arguments out', { pointer: random });
}

function checkOptions({ batchSize, startBatch = 0, maxQueueSize = 1, workers = 1, seed }: StreamOptions): void {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) throw new RangeError(`batchSize: expected a positive integer, received ${batchSize}`);
  if (!Number.isSafeInteger(startBatch) || startBatch < 0) throw new RangeError(`startBatch: expected an integer from 0 on, received ${startBatch}`);
  if (!Number.isSafeInteger(maxQueueSize) || maxQueueSize < 1) throw new RangeError(`maxQueueSize: expected a positive integer, received ${maxQueueSize}`);
  if (!Number.isSafeInteger(workers) || workers < 1) throw new RangeError(`workers: expected a positive integer, received ${workers}`);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`seed: expected an integer from 0 on, received ${seed}`);
}
