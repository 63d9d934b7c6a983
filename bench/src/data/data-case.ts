import { Source } from '@trainyard/protocol';

import type { Case } from '../cases.js';
import type { ReaderName } from '../contenders/peers.js';
import { putPhotos } from './make-photos.js';
import { type Put, putShards } from './make-shards.js';

/** Data as they lie in storage, and the training that takes them. */
export interface DataCase {
  readonly name: string;
  /** Of bench/cases: the model, and what its rows are. */
  readonly model: string;
  /** Of the full size. */
  readonly rows: number;
  /** Of one training that is timed. */
  readonly epochs: number;
  /** Over the files, of one reading that is timed: two gigabytes of `.npz`, so that a thread's coming up (0.4 s) counts as little as in a training. */
  readonly passes: number;
  /** `.npz` of the rows as the model takes them; of bytes that are rescaled on the way; JPEG files in a folder a class. */
  readonly stored: 'npz' | 'npz_bytes' | 'jpeg';
  /** What reads the same files from the disk in Python. */
  readonly readers: readonly ReaderName[];
}

export const dataCases: readonly DataCase[] = [
  { name: 'mlp_binary', model: 'mlp_binary', rows: 1_000_000, epochs: 3, passes: 24, stored: 'npz', readers: ['tf_data'] },
  { name: 'vgg_like', model: 'vgg_like', rows: 1_280, epochs: 1, passes: 52, stored: 'npz_bytes', readers: ['tf_data'] },
  { name: 'jpeg_folders', model: 'vgg_like', rows: 1_280, epochs: 1, passes: 4, stored: 'jpeg', readers: ['tf_data', 'flow_from_directory'] },
];

/** Files of an `.npz` case. */
const shards = 10;
/** Of images, from bytes to [0, 1]. */
const scale = 1 / 255;

/** Makes a case's files below `<name>/`. @returns their bytes */
export function putData({ name, stored }: DataCase, case_: Case, rows: number, put: Put): Promise<number> {
  if (stored === 'jpeg') return putPhotos(put, `${name}/`, { rows, classes: case_.targets[0]?.shape.at(-1) ?? 1 });
  return putShards(put, `${name}/`, case_, { rows, shards, images: stored === 'npz_bytes' });
}

/** The source of a job that trains on them. */
export function sourceOf({ name, stored }: DataCase, case_: Case): Source {
  const uri = `files/${name}/`;
  if (stored === 'jpeg') return Source.parse({ uri, format: 'images', images: { target_size: imageSize(case_) }, transforms: [{ rescale: { column: 'x', scale } }] });
  const [x, y] = [case_.inputs.map((_, i) => `x${i}`), case_.targets.map((_, i) => `y${i}`)];
  return Source.parse({ uri, x, y, transforms: stored === 'npz_bytes' ? x.map((column) => ({ rescale: { column, scale } })) : [] });
}

/** The same for a reader in Python: see bench/peers/data_files.py. */
export function filesFor({ stored }: DataCase, case_: Case, folder: string) {
  const common = { folder, batch_size: case_.batch_size, scale: stored === 'npz' ? null : scale };
  return stored === 'jpeg' ? { ...common, format: 'images', target_size: imageSize(case_) } : { ...common, format: 'npz', x: 'x0', y: 'y0' };
}

function imageSize({ inputs: [input] }: Case): [number, number] {
  const [height = 1, width = 1] = input?.shape ?? [];
  return [height, width];
}
