import type { Table } from '../formats/table.js';
import type { Random } from './random.js';

export interface TableRows {
  readonly table: Table;
  readonly seekable: boolean;
  /** Of the table itself, before any are left out; `undefined` where they are not known. */
  readonly rows: number | undefined;
  /** A transform may leave rows out: fewer come out of a piece than go in. */
  readonly filtered: boolean;
}

/** Rows that are read in one go, as plain data. */
export interface Piece {
  /** The place of its table among the dataset's. */
  readonly table: number;
  readonly start: number;
  /** Infinity where the end is not known. */
  readonly end: number;
}

/** A piece, or what is left of it. */
export interface PieceRest extends Piece {
  /** So many rows that come out of it are left out. */
  readonly skip: number;
  readonly whole: boolean;
}

export function wholePiece(piece: Piece): PieceRest {
  return { ...piece, skip: 0, whole: true };
}

/** All rows in even pieces of about `pieceRows` (half as many more at most); a table that can only be read from its beginning is one piece. */
export function piecesOf(tables: readonly TableRows[], pieceRows: number): Piece[] {
  return tables.flatMap(({ table: { boundaries }, seekable, rows = Infinity }, table) => {
    if (!seekable || rows === Infinity) return [{ table, start: 0, end: rows }];
    if (boundaries) return boundaries.map((start, i) => ({ table, start, end: boundaries[i + 1] ?? rows }));
    const size = Math.ceil(rows / Math.max(1, Math.round(rows / pieceRows)));
    return Array.from({ length: Math.ceil(rows / size) }, (_, i) => ({ table, start: i * size, end: Math.min(rows, (i + 1) * size) }));
  });
}

export function inRandomOrder(pieces: readonly Piece[], random: Random): Piece[] {
  return Array.from(random.permutation(pieces.length), (i) => pieces[i]).filter((piece) => piece !== undefined);
}

/** What remains of the pieces without the first `rows` rows that come out of them. The counts of every piece are known. */
export function withoutFirst(pieces: readonly Piece[], rows: number, counts: RowCounts): PieceRest[] {
  let left = rows;
  return pieces.flatMap((piece): PieceRest[] => {
    if (left === 0) return [wholePiece(piece)];
    const count = counts.of(piece) ?? 0;
    const skip = Math.min(left, count);
    left -= skip;
    if (skip === count) return [];
    // Where every row comes out, reading begins behind those that are skipped.
    return counts.filters(piece) ? [{ ...piece, skip, whole: false }] : [{ ...piece, start: piece.start + skip, skip: 0, whole: false }];
  });
}

/** How many rows come out of pieces: known from headers, or once a piece has been read. */
export class RowCounts {
  private readonly read = new Map<string, number>();

  constructor(
    private readonly tables: readonly TableRows[],
    readonly pieces: readonly Piece[],
  ) {}

  filters({ table }: Piece): boolean {
    return this.tables[table]?.filtered ?? false;
  }

  of(piece: Piece): number | undefined {
    if (this.filters(piece) || piece.end === Infinity) return this.read.get(keyOf(piece));
    return piece.end - piece.start;
  }

  /** What came out of a piece that was read from its beginning to its end. */
  record(piece: Piece, rows: number): void {
    this.read.set(keyOf(piece), rows);
  }

  /** `undefined` while that of a piece is not known. */
  get total(): number | undefined {
    return this.pieces.reduce<number | undefined>((sum, piece) => {
      const rows = this.of(piece);
      return sum === undefined || rows === undefined ? undefined : sum + rows;
    }, 0);
  }
}

function keyOf({ table, start }: Piece): string {
  return `${table}:${start}`;
}
