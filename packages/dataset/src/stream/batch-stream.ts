import type { Batch, BatchRun, BatchStream } from '../dataset.js';
import { arraysOf } from '../rows.js';
import type { Prefetch } from './prefetch.js';
import { newRoom, TurningRoom, withData, type Room, type RowWindow } from './window.js';

/** Rows `[from, to)` of a window. */
interface Span {
  readonly window: RowWindow;
  readonly from: number;
  to: number;
}

/** Cuts windows into batches: of each window the last one may be smaller, and only the last window of a pass leaves one. */
export class WindowBatches implements BatchStream {
  private windows: Prefetch<RowWindow> | undefined;
  private window: RowWindow | undefined;
  private at = 0;
  private readonly turning = new TurningRoom();
  /** Windows that this taking was done with, and the one before, of which batches may be views: until the next but one. */
  private viewed: RowWindow[] = [];
  private viewedBefore: RowWindow[] = [];
  /** Batches of the window are held by whoever iterates, for as long as they like. */
  private kept = false;
  private isClosed = false;

  constructor(
    private readonly batchSize: number,
    /** Called when the first batch is asked for. */
    private readonly open: () => Prefetch<RowWindow>,
    private readonly closed: () => Promise<void>,
    private readonly signal?: AbortSignal,
  ) {}

  async next(): Promise<IteratorResult<Batch, void>> {
    const run = await this.gather(1, newRoom);
    if (!run) return this.return();
    this.kept = true;
    return { done: false, value: run.batches };
  }

  async take(count: number): Promise<BatchRun> {
    this.turning.turn();
    for (const window of this.viewedBefore) window.free();
    [this.viewedBefore, this.viewed] = [this.viewed, []];
    const run = await this.gather(count, this.turning.room);
    if (!run) throw new RangeError(`expected ${count} more batches, the stream has ended`);
    return run;
  }

  async return(): Promise<IteratorResult<Batch, void>> {
    await this.close();
    return { done: true, value: undefined };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.window = undefined;
    await this.windows?.return();
    await this.closed();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @returns undefined when the last pass has ended before */
  private async gather(count: number, room: Room): Promise<BatchRun | undefined> {
    try {
      this.signal?.throwIfAborted();
      return await this.gatherNext(count, room);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  private async gatherNext(count: number, room: Room): Promise<BatchRun | undefined> {
    const rows: number[] = [];
    const spans: Span[] = [];
    const done: RowWindow[] = [];
    while (rows.length < count) {
      const window = this.window && this.at < this.window.rows ? this.window : await this.nextWindow(done);
      if (!window) return undefined;
      const from = this.at;
      this.at = Math.min(window.rows, from + this.batchSize);
      rows.push(this.at - from);
      const last = spans.at(-1);
      if (last?.window === window) last.to = this.at;
      else spans.push({ window, from, to: this.at });
    }
    const batches = join(spans, room);
    for (const window of done) {
      if (window.viewable) this.viewed.push(window);
      else window.free();
    }
    return { batches, rows };
  }

  /** @param done the window before is added, unless somebody may hold views of it */
  private async nextWindow(done: RowWindow[]): Promise<RowWindow | undefined> {
    if (this.window && !(this.kept && this.window.viewable)) done.push(this.window);
    [this.window, this.kept] = [undefined, false];
    this.windows ??= this.open();
    const next = await this.windows.next();
    if (next.done === true && this.isClosed) throw new Error('the stream has been closed');
    if (next.done === true) return undefined;
    this.window = next.value;
    this.at = this.window.first;
    return this.window;
  }
}

/** The rows of all spans behind each other: as they lie where they can be seen so, else copied. */
function join(spans: readonly Span[], room: Room): Batch {
  const [first] = spans;
  if (!first) throw new RangeError('expected at least one batch, received none');
  const seen = spans.length === 1 ? first.window.view(first.from, first.to) : undefined;
  if (seen) return seen;
  const { sample } = first.window;
  const total = spans.reduce((sum, { from, to }) => sum + to - from, 0);
  const targets = arraysOf(sample).map((array, i) => room(array, i, total));
  let at = 0;
  for (const { window, from, to } of spans) {
    window.copy(from, to, targets, at);
    at += to - from;
  }
  return withData(sample, targets, total);
}
