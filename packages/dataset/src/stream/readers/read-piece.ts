import { applyPlan } from '../../binding/apply-plan.js';
import type { RowRandom } from '../../binding/frame.js';
import { tableEnd } from '../../binding/table-end.js';
import type { DatasetArrays } from '../../dataset.js';
import type { Block } from '../../formats/table.js';
import { countRows, slice } from '../../rows.js';
import { ofTransforms } from '../batches.js';
import type { PieceRest } from '../pieces.js';
import { Random } from '../random.js';
import type { Opened } from './recipe.js';
import { sliceBlock } from './slice-block.js';

/** What is random in a pass, and whether the order of rows is. */
export interface Draw {
  readonly seed: number;
  readonly pass: number;
  readonly shuffle: boolean;
}

/** A piece to read, as plain data. */
export interface PieceRequest {
  readonly piece: PieceRest;
  /** What random numbers of rows are drawn by; absent for rows that are loaded once. */
  readonly draw: Draw | undefined;
  /** Rows that go through the transforms at once: a block of files' bytes may become many times as large. */
  readonly partRows: number;
}

/** The rows that come out of a piece, in parts. @throws DataError, ObjectStoreUnavailableError, the signal's reason */
export async function* readPiece(opened: Opened, { piece, draw, partRows }: PieceRequest, signal: AbortSignal): AsyncGenerator<DatasetArrays, void> {
  const { plan } = opened;
  const table = await opened.table(piece.table);
  const random = randomOf(piece.table, draw);
  // Where rows are left out, how many come out of a piece is to be the same in each pass.
  const order = draw?.shuffle && table.scattered && !plan.filtered ? opened.orders.of(draw, piece.table, await tableEnd(table, plan.requests)) : undefined;
  let skip = piece.skip;
  for await (const block of table.read(plan.requests, piece.start, piece.end, signal, order)) {
    for (const part of partsOf(block, partRows)) {
      signal.throwIfAborted();
      const rows = await applyPlan(plan, table, part, random);
      const count = countRows(rows);
      if (count > skip) yield skip === 0 ? rows : slice(rows, skip, count);
      skip = Math.max(0, skip - count);
    }
  }
}

/** How many rows come out of a piece. */
export async function countPiece(opened: Opened, request: PieceRequest, filtered: boolean, signal: AbortSignal): Promise<number> {
  let rows = 0;
  if (filtered) for await (const part of readPiece(opened, request, signal)) rows += countRows(part);
  else for await (const block of (await opened.table(request.piece.table)).read([], request.piece.start, request.piece.end, signal)) rows += block.rows;
  return rows;
}

function* partsOf(block: Block, partRows: number): Generator<Block, void> {
  // Up to twice as much is not worth another part.
  const most = block.rows <= 2 * partRows ? block.rows : partRows;
  for (let start = 0; start < block.rows; start += most) yield most === block.rows ? block : sliceBlock(block, start, Math.min(block.rows, start + most));
}

function randomOf(table: number, draw: PieceRequest['draw']): RowRandom {
  if (!draw) return nothingRandom;
  const { seed, pass } = draw;
  return (row, purpose) => new Random(seed, pass, ofTransforms, table, row, purpose);
}

/** Rows that are loaded once are the same in every epoch. */
const nothingRandom: RowRandom = () => {
  throw new Error('a transform at random was asked of rows that are loaded once');
};
