import type { DatasetArrays } from '../../dataset.js';
import type { PlainError } from './errors.js';
import type { PieceRequest } from './read-piece.js';

/*
 * What a stream and its reader threads say to each other. A thread answers each `read` and `next` with a part, its end or
 * a failure; it works on the following part meanwhile, and then rests until it is asked for.
 */

export type ToThread =
  | { readonly type: 'read'; readonly id: number; readonly request: PieceRequest }
  | { readonly type: 'next'; readonly id: number }
  | { readonly type: 'count'; readonly id: number; readonly request: PieceRequest; readonly filtered: boolean }
  /** Nobody waits for it any more. */
  | { readonly type: 'stop'; readonly id: number };

export type FromThread =
  /** It has opened the dataset. The first of all. */
  | { readonly type: 'ready' }
  /** The arrays' memory comes along: the thread does not have it any more. */
  | { readonly type: 'part'; readonly id: number; readonly arrays: DatasetArrays }
  | { readonly type: 'end'; readonly id: number }
  | { readonly type: 'counted'; readonly id: number; readonly rows: number }
  | { readonly type: 'failed'; readonly id: number; readonly error: PlainError };
