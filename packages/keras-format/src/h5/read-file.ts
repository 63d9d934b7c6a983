import { FormatError } from '../format-error.js';
import { hdf5Reason, loadHdf5, memoryFiles, type MemoryFiles } from './hdf5.js';
import { Hdf5Reader } from './hdf5-reader.js';
import { MemoryFile } from './memory-file.js';

const ENOENT = 44; // of Emscripten's file system
const O_CREAT = 0o100;

/** Carries what a callback of the caller threw past the places where errors are taken for the library's. */
export class CallersError extends Error {
  constructor(cause: unknown) {
    super('thrown by the caller', { cause });
  }
}

/**
 * Opens an HDF5 file that is in memory, and closes it after `read`.
 *
 * @param bytes is not copied, and not changed. Large arrays that are read are views of it.
 * @throws FormatError whatever is wrong with the file.
 */
export async function withFile<T>(bytes: Uint8Array, read: (file: Hdf5Reader) => T): Promise<T> {
  const hdf5 = await loadHdf5();
  const files = memoryFiles(hdf5);
  const file = MemoryFile.of(hdf5, bytes);
  try {
    return withoutOtherFiles(files, file.path, () => {
      const id = openFile(() => hdf5.open(file.path, hdf5.H5F_ACC_RDONLY, false, -1, -1));
      try {
        return read(new Hdf5Reader(hdf5, id, file));
      } finally {
        hdf5.close_file(id);
      }
    });
  } catch (error) {
    if (error instanceof CallersError) throw error.cause;
    if (error instanceof FormatError) throw error;
    throw new FormatError('unreadable', 'the file', `expected a sound HDF5 file: ${hdf5Reason(error)}`, { cause: error });
  } finally {
    file.remove();
  }
}

export function openFile(open: () => bigint): bigint {
  try {
    return open();
  } catch (error) {
    throw new FormatError('not_hdf5', 'the file', `expected a whole HDF5 file, received something else or a part of one: ${hdf5Reason(error)}`, { cause: error });
  }
}

/**
 * HDF5 opens other files by itself, where a file tells it to: external links, external storage, virtual datasets.
 * None is there to be found in memory; that it was asked for is what refuses the file, whichever way it went on.
 */
export function withoutOtherFiles<T>(files: MemoryFiles, path: string, use: () => T): T {
  const open = files.open;
  const asked: string[] = [];
  files.open = (target, flags, mode) => {
    const wanted = typeof target === 'string' ? target.replace(/\/+/g, '/') : '';
    // The library creates temporary files of its own, to word its errors; no file can make it create one.
    if (typeof target === 'string' && wanted !== path && !(flags & O_CREAT)) {
      asked.push(wanted);
      throw new files.ErrnoError(ENOENT);
    }
    return open.call(files, target, flags, mode);
  };
  let result: T;
  try {
    result = use();
  } catch (error) {
    // Where an array could not be read because its bytes are elsewhere, that is what to say; the place is the array's.
    const place = error instanceof FormatError ? error.pointer : 'the file';
    if (asked[0] === undefined || (error instanceof FormatError && error.code !== 'unreadable')) throw error;
    throw otherFile(asked[0], place, error);
  } finally {
    files.open = open;
  }
  if (asked[0] !== undefined) throw otherFile(asked[0], 'the file');
  return result;
}

function otherFile(name: string, place: string, cause?: unknown): FormatError {
  return new FormatError('external_file', place, `expected all data within the file, received a reference to another file, ${JSON.stringify(name)}; it is refused`, { cause });
}
