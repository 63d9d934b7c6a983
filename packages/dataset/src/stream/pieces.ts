import type { Table } from '../formats/table.js';
import type { Random } from './random.js';

/** Rows that are read in one go. */
export interface Piece {
  readonly table: Table;
  readonly start: number;
  /** Infinity where the end is not known. */
  readonly end: number;
}

export interface TableRows {
  readonly table: Table;
  readonly seekable: boolean;
  /** `undefined` where they are not known. */
  readonly rows: number | undefined;
}

/** All rows in pieces of `pieceRows`; a table that can only be read from its beginning is one piece. */
export function piecesOf(tables: readonly TableRows[], pieceRows: number): Piece[] {
  return tables.flatMap(({ table, seekable, rows = Infinity }) => {
    if (!seekable || rows === Infinity) return [{ table, start: 0, end: rows }];
    const count = Math.ceil(rows / pieceRows);
    return Array.from({ length: count }, (_, i) => ({ table, start: i * pieceRows, end: Math.min(rows, (i + 1) * pieceRows) }));
  });
}

export function inRandomOrder(pieces: readonly Piece[], random: Random): Piece[] {
  return Array.from(random.permutation(pieces.length), (i) => pieces[i]).filter((piece) => piece !== undefined);
}

/** What remains of the pieces without their first `rows` rows. The rows of every piece are known. */
export function withoutFirst(pieces: readonly Piece[], rows: number): Piece[] {
  let skip = rows;
  return pieces.flatMap((piece) => {
    const skipped = Math.min(skip, piece.end - piece.start);
    skip -= skipped;
    return skipped === piece.end - piece.start ? [] : [{ ...piece, start: piece.start + skipped }];
  });
}
