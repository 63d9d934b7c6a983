import type { DatasetArrays } from '../../dataset.js';
import type { PieceRequest } from './read-piece.js';

/** Reads pieces: in this thread, or in others. */
export interface PieceReader {
  /** The rows that come out of a piece, in parts. @throws DataError, ObjectStoreUnavailableError, the signal's reason */
  read(request: PieceRequest, signal: AbortSignal): AsyncGenerator<DatasetArrays, void>;
  /** How many rows come out of it. @param filtered whether transforms may leave rows out */
  count(request: PieceRequest, filtered: boolean, signal: AbortSignal): Promise<number>;
}
