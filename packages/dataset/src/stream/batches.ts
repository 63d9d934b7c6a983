import { bytesPerElement, sizeOf } from '@trainyard/ndarray';
import type { ArraySpec, Batch, DatasetArrays } from '../dataset.js';
import { countRows, gather, slice } from '../rows.js';
import { inRandomOrder, piecesOf, withoutFirst, type Piece, type TableRows } from './pieces.js';
import { Random } from './random.js';
import { windowsOf } from './windows.js';

/**
 * The order of batches.
 *
 * A pass goes over pieces of about 4 MiB, in random order where rows are shuffled. Their rows are gathered in windows,
 * the shuffle buffer, and each window is put in random order as a whole: with one window, every order of the rows is
 * equally likely. Orders are drawn from (seed, pass, window) and nothing else, so that a stream can begin at any batch
 * without reading what lies before its window.
 */
export interface BatchOrder {
  readonly batchSize: number;
  readonly seed: number;
  readonly shuffle: boolean;
  readonly shuffleBufferBytes: number;
}

/** What orders are drawn for; part of the random numbers' key. */
const ofPieces = 0;
const ofRows = 1;
const pieceBytes = 4 * 1024 * 1024;

export type ReadPiece = (piece: Piece) => AsyncIterable<DatasetArrays>;

/** The batches of one pass, without the first `skipBatches`; `tables` know their rows where that is not 0. */
export async function* batchesOfPass(tables: readonly TableRows[], rowBytes: number, order: BatchOrder, pass: number, skipBatches: number, read: ReadPiece): AsyncGenerator<Batch, void> {
  const { batchSize, seed, shuffle } = order;
  const windowRows = shuffle ? batchSize * Math.max(1, Math.floor(order.shuffleBufferBytes / rowBytes / batchSize)) : batchSize;
  const pieces = piecesOf(tables, Math.max(1, Math.floor(pieceBytes / rowBytes)));
  const inOrder = shuffle ? inRandomOrder(pieces, new Random(seed, pass, ofPieces)) : pieces;
  const skipRows = skipBatches * batchSize;
  let window = Math.floor(skipRows / windowRows);
  let first = skipRows % windowRows;
  for await (const rows of windowsOf(readAll(withoutFirst(inOrder, window * windowRows), read), windowRows)) {
    yield* batchesOfWindow(rows, batchSize, first, shuffle ? new Random(seed, pass, ofRows, window) : undefined);
    window++;
    first = 0;
  }
}

/** Bytes of a row of all arrays together, at least 1. */
export function rowBytesOf(specs: readonly (ArraySpec | undefined)[]): number {
  return Math.max(1, specs.reduce((sum, spec) => sum + (spec ? sizeOf(spec.shape) * bytesPerElement(spec.dtype) : 0), 0));
}

async function* readAll(pieces: readonly Piece[], read: ReadPiece): AsyncGenerator<DatasetArrays, void> {
  for (const piece of pieces) yield* read(piece);
}

function* batchesOfWindow(rows: DatasetArrays, batchSize: number, first: number, random: Random | undefined): Generator<Batch, void> {
  const count = countRows(rows);
  const order = random?.permutation(count);
  for (let at = first; at < count; at += batchSize) {
    const end = Math.min(count, at + batchSize);
    yield order ? gather(rows, order, at, end) : slice(rows, at, end);
  }
}
