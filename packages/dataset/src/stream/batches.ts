import { bytesPerElement, sizeOf } from '@trainyard/ndarray';
import type { ArraySpec, DatasetArrays } from '../dataset.js';
import { concat, countRows, slice } from '../rows.js';
import type { Lookups } from '../binding/lookups.js';
import type { Ordered } from './in-order.js';
import { giveUp, use } from './part-memory.js';
import { inRandomOrder, wholePiece, withoutFirst, type PieceRest, type RowCounts } from './pieces.js';
import { Random } from './random.js';
import { maxParts, RowWindow } from './window.js';

/**
 * The order of batches.
 *
 * A pass goes over pieces of about 4 MiB, in random order where rows are shuffled; where each row lies in a file of its own,
 * a piece has any rows instead of some that follow each other. Their rows are gathered in windows,
 * the shuffle buffer, and each window is put in random order as a whole: with one window, every order of the rows is
 * equally likely. Orders are drawn from (seed, pass, window) and nothing else, so that a stream can begin at any batch
 * without reading what lies before its window. Who reads a piece, and when, changes nothing: pieces are taken in their order.
 */
export interface BatchOrder {
  readonly batchSize: number;
  readonly seed: number;
  readonly shuffle: boolean;
  /** Rows of a window: a multiple of the batch size. */
  readonly windowRows: number;
}

/** Where a stream begins. */
export interface StreamStart {
  readonly pass: number;
  /** Batches of the pass that are left out. */
  readonly batches: number;
}

/** A piece on its way through a pass. */
export interface PassPiece {
  readonly piece: PieceRest;
  readonly pass: number;
  /** Of the pass: its last piece. */
  readonly last: boolean;
}

/** What orders are drawn for; part of the random numbers' key. */
const ofPieces = 0;
const ofRows = 1;
export const ofTransforms = 2;
export const ofScattered = 3;
const pieceBytes = 4 * 1024 * 1024;

/** Rows of a piece. */
export function pieceRowsOf(rowBytes: number): number {
  return Math.max(1, Math.floor(pieceBytes / rowBytes));
}

/** Rows of a window: as many whole batches as fit in the buffer; in the rows' own order no more than a piece has. */
export function windowRowsOf({ batchSize, shuffle, shuffleBufferBytes }: { batchSize: number; shuffle: boolean; shuffleBufferBytes: number }, rowBytes: number): number {
  const bytes = shuffle ? shuffleBufferBytes : pieceBytes;
  return batchSize * Math.max(1, Math.floor(bytes / rowBytes / batchSize));
}

/** The pieces of so many passes (the first is 0), without those that lie before the window in which the stream begins. */
export function* passPieces(counts: RowCounts, { seed, shuffle, windowRows, batchSize }: BatchOrder, start: StreamStart & { readonly passes: number }): Generator<PassPiece, void> {
  const skipped = Math.floor((start.batches * batchSize) / windowRows) * windowRows;
  for (let pass = start.pass; pass < start.passes; pass++) {
    const inOrder = shuffle ? inRandomOrder(counts.pieces, new Random(seed, pass, ofPieces)) : counts.pieces;
    const left = pass === start.pass ? withoutFirst(inOrder, skipped, counts) : inOrder.map(wholePiece);
    for (const [i, piece] of left.entries()) yield { piece, pass, last: i === left.length - 1 };
  }
}

/**
 * The windows of all passes.
 *
 * @param lookups of the arrays
 * @param passEnded called when all pieces of a pass have been read
 */
export async function* windowsOf(pieces: AsyncIterable<Ordered<PassPiece, DatasetArrays>>, order: BatchOrder, start: StreamStart, lookups: Lookups, passEnded: () => void): AsyncGenerator<RowWindow, void> {
  const { seed, shuffle, batchSize, windowRows } = order;
  const before = start.batches * batchSize;
  let index = Math.floor(before / windowRows);
  let first = before % windowRows;
  let parts: DatasetArrays[] = [];
  let rows = 0;
  const close = (pass: number): RowWindow => {
    const window = new RowWindow(parts, shuffle ? new Random(seed, pass, ofRows, index).permutation(rows) : undefined, first, lookups);
    [parts, rows, index, first] = [[], 0, index + 1, 0];
    return window;
  };
  for await (const { item, ...result } of pieces) {
    if (result.done) {
      if (!item.last) continue;
      if (rows > 0) yield close(item.pass);
      passEnded();
      index = 0;
      continue;
    }
    const count = countRows(result.value);
    use(result.value);
    for (let at = 0; at < count; ) {
      const end = Math.min(count, at + windowRows - rows);
      const own = at === 0 && end === count ? result.value : slice(result.value, at, end);
      use(own);
      parts.push(own);
      rows += end - at;
      at = end;
      if (rows === windowRows) yield close(item.pass);
      else if (parts.length === maxParts) {
        const joined = concat(parts);
        for (const part of parts) giveUp(part);
        parts = [joined];
      }
    }
    giveUp(result.value);
  }
}

/** Bytes of a row of all arrays together, at least 1. */
export function rowBytesOf(specs: readonly (ArraySpec | undefined)[]): number {
  return Math.max(1, specs.reduce((sum, spec) => sum + (spec ? sizeOf(spec.shape) * bytesPerElement(spec.dtype) : 0), 0));
}
