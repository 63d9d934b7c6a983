import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { type DType, decodeNpy, type NdArray, viewBytes } from '@trainyard/ndarray';

/** A tensor as the references store it: little-endian bytes in base64. */
export interface StoredTensor {
  readonly dtype: DType;
  readonly shape: number[];
  readonly b64: string;
}

export function tensor(stored: StoredTensor): NdArray {
  return { dtype: stored.dtype, shape: stored.shape, data: viewBytes(stored.dtype, new Uint8Array(Buffer.from(stored.b64, 'base64'))) };
}

/** Numbers that JSON cannot hold are stored as strings. */
export type StoredNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export async function readJson<T>(folder: string, file: string): Promise<T> {
  return JSON.parse(await readFile(path.join(folder, file), 'utf8')) as T;
}

export async function readArray(folder: string, file: string): Promise<NdArray> {
  return decodeNpy(new Uint8Array(await readFile(path.join(folder, file))));
}

export async function readBytes(folder: string, file: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(path.join(folder, file)));
}
