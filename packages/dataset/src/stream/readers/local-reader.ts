import type { DatasetArrays } from '../../dataset.js';
import { countPiece, readPiece, type PieceRequest } from './read-piece.js';
import type { PieceReader } from './reader.js';
import type { Opened } from './recipe.js';

/** Reads pieces in this thread. */
export class LocalReader implements PieceReader {
  constructor(private readonly opened: Opened) {}

  read(request: PieceRequest, signal: AbortSignal): AsyncGenerator<DatasetArrays, void> {
    return readPiece(this.opened, request, signal);
  }

  count(request: PieceRequest, filtered: boolean, signal: AbortSignal): Promise<number> {
    return countPiece(this.opened, request, filtered, signal);
  }
}
