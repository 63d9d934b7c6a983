import type { NdArray } from '../ndarray.js';
import { findZipFault } from '../zip/find-fault.js';
import { readZipDirectory, readZipEntry, type ZipWords } from '../zip/read-zip.js';
import type { ZipEntry } from '../zip/records.js';
import { writeZip } from '../zip/write-zip.js';
import { NpyError } from './npy-error.js';
import { decodeNpy, encodeNpy } from './npy.js';

const words: ZipWords = {
  archive: 'npz file',
  member: 'array',
  expected: 'an npz (a zip archive of .npy files)',
  remedy: 'save with numpy.savez or numpy.savez_compressed',
  error: (place, problem, options) => new NpyError(place, problem, options),
};

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
  const entries = new Map<string, ZipEntry>();
  const directory = readZipDirectory(zip, words);
  const fault = findZipFault(directory);
  if (fault) throw new NpyError(`array ${JSON.stringify(fault.name)}`, fault.problem);
  for (const entry of directory) {
    const name = entry.name.replace(/\.npy$/, '');
    if (entries.has(name)) throw new NpyError(`array ${JSON.stringify(name)}`, 'expected arrays of different names, received two of this name');
    entries.set(name, entry);
  }
  const arrays = new Map<string, NdArray>();
  let total = 0;
  for (const name of only ?? entries.keys()) {
    const entry = entries.get(name);
    const place = `array ${JSON.stringify(name)}`;
    if (!entry) throw new NpyError(place, `expected in the npz file, which has ${[...entries.keys()].map((key) => JSON.stringify(key)).join(', ') || 'no arrays'}`);
    total += entry.bytes;
    if (total > maxBytes) throw new NpyError(place, `expected arrays of at most ${maxBytes} bytes all together, received at least ${total}`);
    arrays.set(name, decodeNpy(readZipEntry(zip, entry, place, words), place));
  }
  return arrays;
}

/** An .npz of the given arrays, as `numpy.savez` (or, with `compress`, `numpy.savez_compressed`) writes it. */
export function encodeNpz(arrays: Iterable<readonly [name: string, array: NdArray]>, options: { compress?: boolean } = {}): Uint8Array {
  const members = [...arrays].map(([name, array]) => [`${name}.npy`, encodeNpy(array)] as const);
  return writeZip(members, options.compress ?? false);
}
