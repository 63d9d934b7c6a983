import type { Readable } from 'node:stream';
import type { S3Config } from './s3/config.js';

/** What a store knows of an object. */
export interface ObjectInfo {
  readonly key: string;
  readonly bytes: number;
  /** Changes whenever the content does. Compare for equality only: what it is made of differs between drivers. */
  readonly etag: string;
  readonly modified: Date;
}

/** Bytes `start` to `end`, both inclusive, as in HTTP. An `end` beyond the object's last byte means that byte. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface PutOptions {
  readonly contentType?: string;
}

/** Where a store's objects are, as plain data, so that another thread can open the same store: `openStoreAt`. Holds S3's secret key. */
export type StoreLocation =
  | { readonly kind: 'filesystem'; readonly root: string; readonly foldsNames: boolean }
  | { readonly kind: 's3'; readonly config: S3Config; readonly bucket: string; readonly prefix: string };

/**
 * Objects under keys. Every driver passes the same conformance suite (`tests/support/check-object-store.ts`).
 *
 * All methods reject with `InvalidKeyError` for a key that `checkKey` refuses, `ObjectStoreUnavailableError` when the
 * same call may succeed later, and `ObjectStoreAccessError` when the store refuses this client.
 */
export interface ObjectStore {
  /** Absent: only this thread can use the store. */
  readonly location?: StoreLocation;

  /**
   * Stores `body` under `key`, replacing what was there. Readers see the old object or the new one, never a part; when
   * `body` fails midway, nothing is stored and the promise rejects with the body's error.
   */
  put(key: string, body: Uint8Array | Readable, options?: PutOptions): Promise<ObjectInfo>;

  /**
   * The object, or a range of it, as a stream; `info` describes the whole object that the bytes come from.
   * The caller reads `body` to its end or destroys it.
   * @throws ObjectNotFoundError
   * @throws InvalidRangeError when `range` starts behind the object's last byte
   */
  get(key: string, range?: ByteRange): Promise<{ info: ObjectInfo; body: Readable }>;

  /** The whole object in memory. @throws ObjectNotFoundError */
  read(key: string): Promise<Uint8Array>;

  /** `undefined` when there is no such object. */
  stat(key: string): Promise<ObjectInfo | undefined>;

  /** All objects whose key begins with `prefix`, in the order of their keys' UTF-8 bytes. `''` lists everything. */
  list(prefix: string): AsyncIterable<ObjectInfo>;

  /**
   * What stands between `prefix` (empty, or with its `/` at the end) and the next `/` of the keys that begin with it: each once, in no
   * particular order, without a look at what is below.
   */
  folders(prefix: string): AsyncIterable<string>;

  /** Deletes the objects; a key that does not exist is no error. */
  delete(keys: readonly string[]): Promise<void>;
}
