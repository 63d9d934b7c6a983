import { elementLayout, readElements, sizeOf, type ElementLayout, type NdArray } from '@trainyard/ndarray';
import { FormatError } from '../format-error.js';
import { DiskFile } from './disk-file.js';
import { hdf5Reason, loadHdf5, memoryFiles, type Hdf5, type Hdf5Metadata } from './hdf5.js';
import { Hdf5Reader, pathOf } from './hdf5-reader.js';
import { openFile, withoutOtherFiles } from './read-file.js';

/** What has more is no file of arrays. */
const MAX_MEMBERS = 10_000;
const MAX_DEPTH = 8;
/** The library holds one chunk at a time in its memory. */
const MAX_CHUNK_BYTES = 256 * 2 ** 20;
const MAX_DIMENSIONS = 32;

/** HDF5's type classes (H5Tpublic.h). */
const INTEGER = 0;
const FLOAT = 1;
const STRING = 3;
const ENUM = 8;
const DESCR: Readonly<Record<number, string>> = { [INTEGER]: 'i', [FLOAT]: 'f' };

/** An array of the file, without its data. */
export interface FileArray {
  readonly shape: readonly number[];
  /** How numbers lie in the file; undefined for texts. */
  readonly layout: ElementLayout | undefined;
  /** Of one row, in the file. */
  readonly rowBytes: number;
  /** Rows that are stored together and cost the same whether one of them is read or all. */
  readonly chunkRows: number;
}

/**
 * An HDF5 file of arrays on the disk, which may be larger than memory: rows are read by slices, along the first axis. No link
 * is followed but hard ones, and no other file is read.
 */
export class ArrayFile {
  readonly #hdf5: Hdf5;
  readonly #file: DiskFile;
  readonly #id: bigint;
  readonly #reader: Hdf5Reader;
  /** The paths of the arrays, groups and all: `train/x`. */
  readonly names: readonly string[];

  private constructor(hdf5: Hdf5, file: DiskFile, id: bigint) {
    this.#hdf5 = hdf5;
    this.#file = file;
    this.#id = id;
    this.#reader = new Hdf5Reader(hdf5, id, file);
    this.names = this.#guarded(() => namesIn(this.#reader));
  }

  /**
   * @param descriptor of an open file of `bytes`, which stays open until `close`
   * @throws FormatError
   */
  static async open(descriptor: number, bytes: number): Promise<ArrayFile> {
    const hdf5 = await loadHdf5();
    const file = new DiskFile(hdf5, descriptor, bytes);
    let id: bigint | undefined;
    try {
      const opened = withoutOtherFiles(memoryFiles(hdf5), file.path, () => openFile(() => hdf5.open(file.path, hdf5.H5F_ACC_RDONLY, false, -1, -1)));
      id = opened;
      return new ArrayFile(hdf5, file, opened);
    } catch (error) {
      if (id !== undefined) hdf5.close_file(id);
      file.remove();
      throw error;
    }
  }

  /** @throws FormatError where there is no such array, or its elements are none that are read */
  array(name: string): FileArray {
    return this.#guarded(() => {
      const path = pathOf('/', name);
      const metadata = this.#reader.metadata(path);
      const { shape, size, chunks } = metadata;
      if (shape.length > MAX_DIMENSIONS) throw new FormatError('wrong_shape', name, `expected at most ${MAX_DIMENSIONS} dimensions, received ${shape.length}`);
      if (!Number.isSafeInteger(sizeOf(shape.filter((dimension) => dimension > 0)) * size)) throw new FormatError('too_large', name, `expected a shape that a file can hold, received [${shape.join(', ')}]`);
      if (chunks && sizeOf(chunks) * size > MAX_CHUNK_BYTES) throw new FormatError('too_large', name, `expected chunks of at most ${MAX_CHUNK_BYTES} bytes, received some of ${sizeOf(chunks) * size}; write smaller ones`);
      return { shape, layout: layoutOf(metadata, name), rowBytes: sizeOf(shape.slice(1)) * size, chunkRows: Math.max(1, chunks?.[0] ?? 1) };
    });
  }

  /** Rows `[first, first + rows)` of an array of numbers. */
  rows(name: string, first: number, rows: number): NdArray {
    const { shape, layout } = this.array(name);
    if (!layout) throw new TypeError(`${name} holds no numbers`);
    const own = [rows, ...shape.slice(1)];
    return this.#guarded(() => ({ dtype: layout.dtype, shape: own, data: readElements(layout, this.#reader.rowBytes(pathOf('/', name), first, rows), sizeOf(own)) }));
  }

  /** The same of texts, one a row; each as it is encoded, without what fills it up. */
  texts(name: string, first: number, rows: number): Uint8Array[] {
    return this.#guarded(() => {
      const path = pathOf('/', name);
      const { size, vlen } = this.#reader.metadata(path);
      if (vlen) return this.#reader.rowTexts(path, first, rows);
      const bytes = this.#reader.rowBytes(path, first, rows);
      return Array.from({ length: rows }, (_, row) => trimmed(bytes.subarray(row * size, (row + 1) * size)));
    });
  }

  close(): void {
    this.#hdf5.close_file(this.#id);
    this.#file.remove();
  }

  #guarded<T>(use: () => T): T {
    try {
      return withoutOtherFiles(memoryFiles(this.#hdf5), this.#file.path, use);
    } catch (error) {
      if (error instanceof FormatError || error instanceof TypeError) throw error;
      throw new FormatError('unreadable', 'the file', `expected a sound HDF5 file: ${hdf5Reason(error)}`, { cause: error });
    }
  }
}

/** Groups may hold each other: what is counted is every member that is looked at. */
function namesIn(reader: Hdf5Reader): string[] {
  const names: string[] = [];
  let seen = 0;
  const visit = (group: string, depth: number): void => {
    for (const child of reader.children(group)) {
      if (++seen > MAX_MEMBERS) throw new FormatError('too_large', 'the file', `expected at most ${MAX_MEMBERS} arrays and groups, received more`);
      const path = pathOf(group, child);
      const kind = reader.kind(path);
      if (kind === 'array') names.push(path.slice(1));
      if (kind === 'group' && depth < MAX_DEPTH) visit(path, depth + 1);
    }
  };
  visit('/', 1);
  return names;
}

/** @returns undefined for texts. @throws FormatError naming the element type that is not read */
function layoutOf(metadata: Hdf5Metadata, name: string): ElementLayout | undefined {
  const { type, size, signed, enum_type: enumeration } = metadata;
  if (type === STRING) return undefined;
  if (type === ENUM && size === 1 && enumeration?.nmembers === 2 && enumeration.members['FALSE'] === 0 && enumeration.members['TRUE'] === 1) return elementLayout('|b1', name); // as h5py stores numpy's bool
  const letter = type === INTEGER && !signed ? 'u' : DESCR[type];
  if (letter === undefined) throw new FormatError('wrong_dtype', name, 'expected numbers, true and false or text, received records, lists of varying length, references or the like; save each field as an array of its own');
  try {
    return elementLayout(`<${letter}${size}`, name); // the library gives all numbers in this order
  } catch (error) {
    throw new FormatError('wrong_dtype', name, (error as Error).message.slice(name.length + 2), { cause: error });
  }
}

/** Filled up with NULs, or with spaces as Fortran does. */
function trimmed(text: Uint8Array): Uint8Array {
  const end = text.indexOf(0);
  return end === -1 ? text : text.subarray(0, end);
}
