import { findZipFault, readZipDirectory, readZipEntry, type ZipEntry, type ZipWords } from '@trainyard/ndarray';
import { FormatError } from '../format-error.js';
import { MAX_TEXT } from '../model/parse-model.js';

export const METADATA = 'metadata.json';
export const CONFIG = 'config.json';
export const WEIGHTS = 'model.weights.h5';

/** What an HDF5 file may have besides its arrays: groups and attributes. */
const MAX_STRUCTURE_BYTES = 256 * 1024 * 1024;
const MAX_METADATA_BYTES = 1024 * 1024;

const words: ZipWords = {
  archive: '.keras file',
  member: 'file',
  expected: 'a .keras file (a zip archive, as model.save of Keras 3 writes it)',
  remedy: 'save it with Keras 3, which compresses nothing',
  error: (place, problem, options) => new FormatError('bad_archive', place, problem, options),
};

/** The three files of a `.keras` archive. */
export interface KerasEntries {
  readonly metadata: string;
  readonly config: string;
  readonly weights: Uint8Array;
}

/**
 * Takes a `.keras` archive apart. Everything that its directory declares is checked before anything is decompressed, and no
 * file gets more memory than it declares.
 * @throws FormatError naming the file within the archive: one that Keras does not write there, twice, too large, damaged, …
 */
export function readEntries(bytes: Uint8Array, maxBytes: number): KerasEntries {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const limits = new Map([
    [METADATA, MAX_METADATA_BYTES],
    [CONFIG, MAX_TEXT],
    [WEIGHTS, maxBytes + MAX_STRUCTURE_BYTES],
  ]);
  const entries = new Map<string, ZipEntry>();
  for (const entry of readZipDirectory(zip, words)) {
    const limit = limits.get(entry.name);
    if (limit === undefined) throw refuse('unexpected_entry', entry.name, `expected ${[...limits.keys()].join(', ')} alone in a .keras file, received it too`);
    if (entries.has(entry.name)) throw refuse('duplicate_entry', entry.name, 'expected one file of this name in the archive, received two');
    if (entry.bytes > limit) throw refuse('too_large', entry.name, `expected at most ${limit} bytes, the archive declares ${entry.bytes}`);
    entries.set(entry.name, entry);
  }
  const fault = findZipFault([...entries.values()]);
  if (fault) throw refuse('bad_archive', fault.name, fault.problem);
  const read = (name: string): Buffer => {
    const entry = entries.get(name);
    if (!entry) throw refuse('missing_entry', name, `expected this file in the archive, which has ${[...entries.keys()].join(', ') || 'none'}`);
    return readZipEntry(zip, entry, name, words);
  };
  return { metadata: read(METADATA).toString('utf8'), config: read(CONFIG).toString('utf8'), weights: read(WEIGHTS) };
}

function refuse(code: string, name: string, problem: string): FormatError {
  return new FormatError(code, name.length > 200 ? `${name.slice(0, 199)}…` : name, problem);
}
