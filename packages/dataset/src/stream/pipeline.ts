import type { Lookups } from '../binding/lookups.js';
import { DataError } from '../data-error.js';
import type { DatasetArrays, StreamOptions } from '../dataset.js';
import { countRows } from '../rows.js';
import { passPieces, pieceRowsOf, windowRowsOf, windowsOf, type BatchOrder, type StreamStart } from './batches.js';
import { inOrder, type Ordered } from './in-order.js';
import { piecesOf, RowCounts, wholePiece, type Piece, type PieceRest, type TableRows } from './pieces.js';
import type { PieceRequest } from './readers/read-piece.js';
import type { Lease } from './readers/reader-pool.js';
import type { RowWindow } from './window.js';

const defaultShuffleBufferBytes = 64 * 1024 * 1024;

/** From pieces to windows: what is read, by whom and in which order. */
export class Pipeline {
  readonly counts: RowCounts;

  constructor(
    private readonly tables: readonly TableRows[],
    /** As rows are read. */
    private readonly rowBytes: number,
    /** What becomes of the arrays that are read as bytes. */
    private readonly lookups: Lookups,
  ) {
    this.counts = new RowCounts(tables, piecesOf(tables, pieceRowsOf(rowBytes)));
  }

  orderOf({ batchSize, seed, shuffle, shuffleBufferBytes = defaultShuffleBufferBytes }: StreamOptions): BatchOrder {
    return { batchSize, seed, shuffle, windowRows: windowRowsOf({ batchSize, shuffle, shuffleBufferBytes }, this.rowBytes) };
  }

  /** The rows of one pass, loaded once, in their order, as they are read. */
  async *allRows({ reader, atOnce }: Lease, signal?: AbortSignal): AsyncGenerator<DatasetArrays, void> {
    const parts = inOrder(this.counts.pieces.map(wholePiece), atOnce, (piece, ended) => reader.read(this.request(piece), ended), signal);
    for await (const result of this.counted(parts, (piece) => piece)) if (!result.done) yield result.value;
  }

  /** The windows of so many passes, from the one in which batch `startBatch` lies. */
  async *windows(order: BatchOrder, { startBatch, passes }: { startBatch: number; passes: number }, lease: Lease, signal: AbortSignal): AsyncGenerator<RowWindow, void> {
    const start = await this.startOf(startBatch, order, lease, signal);
    const { reader, atOnce } = lease;
    const parts = inOrder(passPieces(this.counts, order, { ...start, passes }), atOnce, ({ piece, pass }, ended) => reader.read(this.request(piece, { seed: order.seed, pass, shuffle: order.shuffle }), ended), signal);
    yield* windowsOf(this.counted(parts, ({ piece }) => piece), order, start, this.lookups, () => this.checkNotEmpty());
  }

  /** What is wrong where no row comes out of any piece. */
  empty(): DataError {
    const filtered = this.tables.some((table) => table.filtered);
    return new DataError(this.tables[0]?.table.name ?? 'data', `expected at least one row, received none${filtered ? ': the transforms leave all of them out' : ''}`);
  }

  private checkNotEmpty(): void {
    if (this.counts.total === 0) throw this.empty();
  }

  /** Remembers how many rows came out of each piece. */
  private async *counted<T>(parts: AsyncIterable<Ordered<T, DatasetArrays>>, pieceOf: (item: T) => PieceRest): AsyncGenerator<Ordered<T, DatasetArrays>, void> {
    let rows = 0;
    for await (const result of parts) {
      if (!result.done) rows += countRows(result.value);
      else {
        const piece = pieceOf(result.item);
        if (piece.whole) this.counts.record(piece, rows);
        rows = 0;
      }
      yield result;
    }
  }

  /** Reads what has to be read to know in which pass a batch lies. */
  private async startOf(batch: number, { batchSize }: BatchOrder, { reader, atOnce }: Lease, signal: AbortSignal): Promise<StreamStart> {
    if (batch === 0) return { pass: 0, batches: 0 };
    const unknown = this.counts.pieces.filter((piece) => this.counts.of(piece) === undefined);
    const { counts } = this;
    const request = (piece: Piece): PieceRequest => this.request(wholePiece(piece));
    const count = async function* (piece: Piece, ended: AbortSignal) {
      yield await reader.count(request(piece), counts.filters(piece), ended);
    };
    for await (const result of inOrder(unknown, atOnce, count, signal)) if (!result.done) this.counts.record(result.item, result.value);
    this.checkNotEmpty();
    const batchesAPass = Math.ceil((this.counts.total ?? 0) / batchSize);
    return { pass: Math.floor(batch / batchesAPass), batches: batch % batchesAPass };
  }

  private request(piece: PieceRest, draw?: PieceRequest['draw']): PieceRequest {
    return { piece, draw, partRows: pieceRowsOf(this.rowBytes) };
  }
}
