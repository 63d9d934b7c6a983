import type { NdArray } from '../ndarray.js';
import { NpyError } from './npy-error.js';
import { decodeNpy, encodeNpy } from './npy.js';
import { writeZip } from './zip-writer.js';
import { readDirectory, readEntry } from './zip.js';

export interface DecodeNpzOptions {
  /** Names of the arrays to read; default: all. */
  only?: readonly string[];
  /** Limit on the bytes of the arrays read, all together, as they are after decompression; default: none. */
  maxBytes?: number;
}

/**
 * The arrays of an .npz by name, in the file's order or that of `only`.
 *
 * @throws NpyError naming the array that is cut short, damaged, missing, too large or of a dtype that is not read.
 */
export function decodeNpz(bytes: Uint8Array, { only, maxBytes = Infinity }: DecodeNpzOptions = {}): Map<string, NdArray> {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = new Map(readDirectory(zip).map((entry) => [entry.name.replace(/\.npy$/, ''), entry]));
  const arrays = new Map<string, NdArray>();
  let total = 0;
  for (const name of only ?? entries.keys()) {
    const entry = entries.get(name);
    const place = `array ${JSON.stringify(name)}`;
    if (!entry) throw new NpyError(place, `expected in the npz file, which has ${[...entries.keys()].map((key) => JSON.stringify(key)).join(', ') || 'no arrays'}`);
    total += entry.bytes;
    if (total > maxBytes) throw new NpyError(place, `expected arrays of at most ${maxBytes} bytes all together, received at least ${total}`);
    arrays.set(name, decodeNpy(readEntry(zip, entry, place), place));
  }
  return arrays;
}

/** An .npz of the given arrays, as `numpy.savez` (or, with `compress`, `numpy.savez_compressed`) writes it. */
export function encodeNpz(arrays: Iterable<readonly [name: string, array: NdArray]>, options: { compress?: boolean } = {}): Uint8Array {
  const members = [...arrays].map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
  return writeZip(members, options.compress ?? false);
}
