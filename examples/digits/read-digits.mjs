import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeNpz } from '@trainyard/ndarray';

/** @returns {Promise<{ x: import('@trainyard/ndarray').NdArray, y: import('@trainyard/ndarray').NdArray }>} digits.npz. */
export async function readDigits() {
  const arrays = decodeNpz(await readFile(path.join(import.meta.dirname, 'digits.npz')));
  return { x: arrays.get('x'), y: arrays.get('y') };
}
