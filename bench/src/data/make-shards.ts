import { RandomStream } from '@trainyard/engine';
import { encodeNpz, type NdArray, sizeOf } from '@trainyard/ndarray';

import type { Case } from '../cases.js';
import { makeArray } from '../trainyard/case-data.js';

/** Stores a file under a key. @returns its bytes */
export type Put = (key: string, bytes: Uint8Array) => Promise<number>;

export interface ShardsOptions {
  readonly rows: number;
  readonly shards: number;
  /** Inputs as bytes from 0 to 255, as images are stored. */
  readonly images: boolean;
}

/** A case's data as .npz files below `prefix`: arrays `x0`, …, `y0`, …. @returns their bytes */
export async function putShards(put: Put, prefix: string, case_: Case, { rows, shards, images }: ShardsOptions): Promise<number> {
  const random = new RandomStream(1, 0);
  let bytes = 0;
  for (let shard = 0; shard < shards; shard++) {
    const count = Math.floor(((shard + 1) * rows) / shards) - Math.floor((shard * rows) / shards);
    const x = case_.inputs.map((spec, i): [string, NdArray] => [`x${i}`, images ? makeImages(spec.shape, count, random) : makeArray(spec, count, random)]);
    const y = case_.targets.map((spec, i): [string, NdArray] => [`y${i}`, makeArray(spec, count, random)]);
    bytes += await put(`${prefix}${String(shard).padStart(4, '0')}.npz`, encodeNpz([...x, ...y]));
  }
  return bytes;
}

function makeImages(shape: readonly number[], rows: number, random: RandomStream): NdArray {
  return { dtype: 'uint8', shape: [rows, ...shape], data: Uint8Array.from({ length: rows * sizeOf(shape) }, () => random.below(256)) };
}

const blobShape = [64, 64, 3];

/** About `bytes` bytes of rows of bytes, in shards of 32 MiB that hold the same: what is measured is memory, not content. */
export async function putBlobs(put: Put, prefix: string, bytes: number): Promise<void> {
  const rows = Math.floor(2 ** 25 / sizeOf(blobShape));
  const npz = encodeNpz([['x0', makeImages(blobShape, rows, new RandomStream(1, 0))]]);
  for (let shard = 0; shard < Math.max(1, Math.round(bytes / npz.length)); shard++) await put(`${prefix}${String(shard).padStart(4, '0')}.npz`, npz);
}
