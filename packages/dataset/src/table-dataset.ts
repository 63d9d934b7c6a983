import { applyPlan, type Plan, type Specs } from './binding/plan.js';
import { DataError } from './data-error.js';
import type { ArraySpec, Batch, Dataset, DatasetArrays, Shard, StreamOptions } from './dataset.js';
import { concat, countRows, RowsBuilder } from './rows.js';
import { batchesOfPass, rowBytesOf } from './stream/batches.js';
import type { Piece, TableRows } from './stream/pieces.js';
import { readAhead } from './stream/read-ahead.js';

const defaultQueueSize = 10; // Keras's max_queue_size
const defaultShuffleBufferBytes = 64 * 1024 * 1024;

/** A dataset over tables of one type. Made by `openDataset`. */
export class TableDataset implements Dataset {
  constructor(
    readonly shards: readonly Shard[],
    private readonly plan: Plan,
    private readonly specs: Specs,
    /** Row counts are filled in as they become known. */
    private tables: readonly TableRows[],
  ) {}

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
    return this.tables.reduce<number | undefined>((sum, { rows }) => (sum === undefined || rows === undefined ? undefined : sum + rows), 0);
  }

  async load(signal?: AbortSignal): Promise<DatasetArrays> {
    const { rows } = this;
    return rows === undefined ? this.loadUnknown(signal) : this.loadKnown(rows, signal);
  }

  async *stream(options: StreamOptions): AsyncIterable<Batch> {
    checkOptions(options);
    const ended = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, ended.signal]) : ended.signal;
    yield* readAhead(this.batches(options, signal), options.maxQueueSize ?? defaultQueueSize, () => ended.abort());
  }

  private async *batches(options: StreamOptions, signal: AbortSignal): AsyncGenerator<Batch, void> {
    const { batchSize, seed, shuffle, startBatch = 0, shuffleBufferBytes = defaultShuffleBufferBytes } = options;
    const rowBytes = rowBytesOf([...this.x, ...this.y, ...(this.sampleWeight ?? [])]);
    const batchesAPass = startBatch === 0 ? Infinity : Math.ceil((await this.countRows(signal)) / batchSize);
    let pass = startBatch === 0 ? 0 : Math.floor(startBatch / batchesAPass);
    let skip = startBatch === 0 ? 0 : startBatch % batchesAPass;
    for (;;) {
      yield* batchesOfPass(this.tables, rowBytes, { batchSize, seed, shuffle, shuffleBufferBytes }, pass, skip, (piece) => this.read(piece, signal));
      this.checkNotEmpty();
      pass++;
      skip = 0;
    }
  }

  private async *read({ table, start, end }: Piece, signal?: AbortSignal): AsyncGenerator<DatasetArrays, void> {
    let rows = start;
    for await (const block of table.read(this.plan.requests, start, end, signal)) {
      signal?.throwIfAborted();
      rows += block.rows;
      yield await applyPlan(this.plan, table, block);
    }
    if (end === Infinity) this.tables = this.tables.map((known) => (known.table === table ? { ...known, rows } : known));
  }

  /** Reads what has to be read to know the number of rows. */
  private async countRows(signal: AbortSignal): Promise<number> {
    const counted: TableRows[] = [];
    for (const known of this.tables) {
      let { rows } = known;
      if (rows === undefined) {
        rows = 0;
        for await (const block of known.table.read([], 0, Infinity, signal)) rows += block.rows;
      }
      counted.push({ ...known, rows });
    }
    this.tables = counted;
    this.checkNotEmpty();
    return this.rows ?? 0;
  }

  private async loadKnown(rows: number, signal?: AbortSignal): Promise<DatasetArrays> {
    const x = new RowsBuilder(this.x, rows);
    const y = new RowsBuilder(this.y, rows);
    const weights = this.sampleWeight;
    const present = weights?.flatMap((spec) => spec ?? []);
    const w = present && new RowsBuilder(present, rows);
    for (const { table, rows: end = 0 } of this.tables) {
      for await (const part of this.read({ table, start: 0, end }, signal)) {
        x.add(part.x);
        y.add(part.y);
        w?.add(part.sampleWeight?.flatMap((array) => array ?? []) ?? []);
      }
    }
    const arrays = { x: x.build(), y: y.build() };
    const built = w?.build();
    return weights && built ? { ...arrays, sampleWeight: weights.map((spec) => spec && built.shift()) } : arrays;
  }

  private async loadUnknown(signal?: AbortSignal): Promise<DatasetArrays> {
    const parts: DatasetArrays[] = [];
    for (const { table } of this.tables) for await (const part of this.read({ table, start: 0, end: Infinity }, signal)) if (countRows(part) > 0) parts.push(part);
    this.checkNotEmpty();
    return concat(parts);
  }

  private checkNotEmpty(): void {
    if (this.rows === 0) throw new DataError(this.shards[0]?.name ?? 'data', 'expected at least one row, received none');
  }
}

function checkOptions({ batchSize, startBatch = 0, maxQueueSize = 1, seed }: StreamOptions): void {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) throw new RangeError(`batchSize: expected a positive integer, received ${batchSize}`);
  if (!Number.isSafeInteger(startBatch) || startBatch < 0) throw new RangeError(`startBatch: expected an integer from 0 on, received ${startBatch}`);
  if (!Number.isSafeInteger(maxQueueSize) || maxQueueSize < 1) throw new RangeError(`maxQueueSize: expected a positive integer, received ${maxQueueSize}`);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`seed: expected an integer from 0 on, received ${seed}`);
}
