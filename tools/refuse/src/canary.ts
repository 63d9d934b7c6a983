import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { writeWeightsFile } from '@trainyard/keras-format';

/** Where files of the corpus that lead elsewhere lead to. */
export const CANARY_FILE = path.join(tmpdir(), 'trainyard-refuse-canary.h5');
const CANARY = Float32Array.from({ length: 12 }, (_, i) => 1234.5 + i);
/** Bytes that are in the canary and nowhere else. */
export const CANARY_SAMPLE = Buffer.from(CANARY.buffer);
const LONG_AGO = new Date('2001-01-01T00:00:00Z');

/** A sound weights file that nothing may read. */
export interface Canary {
  /** Whether it has been opened for reading since it was put there; undefined where the file system keeps no such time. */
  wasRead(): Promise<boolean | undefined>;
  remove(): Promise<void>;
}

export async function putCanary(): Promise<Canary> {
  const kernel = { name: 'dense_1/kernel:0', array: { dtype: 'float32', shape: [4, 3], data: CANARY } } as const;
  const bytes = await writeWeightsFile({ kerasVersion: '2.0.8', backend: 'tensorflow', layers: [{ layer: 'dense_1', weights: [kernel] }] });
  const kept = await keepsAccessTimes(`${CANARY_FILE}.${process.pid}.probe`, bytes);
  await place(CANARY_FILE, bytes);
  return {
    wasRead: async () => (kept ? (await stat(CANARY_FILE)).atimeMs > LONG_AGO.getTime() + 1000 : undefined),
    remove: () => rm(CANARY_FILE, { force: true }),
  };
}

/** With the time of its last reading long ago: Linux then sets it at the next one, however its file system is mounted but for `noatime`. */
async function place(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, bytes);
  await utimes(temporary, LONG_AGO, new Date());
  await rename(temporary, file);
}

async function keepsAccessTimes(probe: string, bytes: Uint8Array): Promise<boolean> {
  await place(probe, bytes);
  try {
    await readFile(probe);
    return (await stat(probe)).atimeMs > LONG_AGO.getTime() + 1000;
  } finally {
    await rm(probe, { force: true });
  }
}
