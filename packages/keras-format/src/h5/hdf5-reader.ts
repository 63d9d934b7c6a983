import { sizeOf, viewBytes, type NdArray } from '@trainyard/ndarray';
import { FormatError } from '../format-error.js';
import { isInheritedName, quote } from '../json.js';
import { dtypeOf } from './dtypes.js';
import { hdf5Reason, withMemory, type Hdf5, type Hdf5Metadata } from './hdf5.js';
import type { DeclaredWeight } from './weights-file.js';

/** Text of one attribute beyond which it is refused, in bytes. */
const MAX_TEXT_BYTES = 256 * 1024 * 1024;

/** Where the library finds the file. */
export interface Hdf5Storage {
  /**
   * While `use` runs, the library may read into the memory from `pointer` on: where it reads all of it as one piece of the
   * file, the answer may be that piece, and the memory is not touched. Undefined where it is not: then the memory has the bytes.
   */
  readInto(pointer: number, bytes: number, use: () => void): Uint8Array | undefined;
}

/** Reads one open HDF5 file: groups, text attributes, arrays; hard links only. Paths begin with `/`. */
export class Hdf5Reader {
  readonly #hdf5: Hdf5;
  readonly #file: bigint;
  readonly #memory: Hdf5Storage;
  readonly #children = new Map<string, ReadonlySet<string>>();
  readonly #attributes = new Map<string, ReadonlySet<string>>();

  /** @param memory where `file` is. */
  constructor(hdf5: Hdf5, file: bigint, memory: Hdf5Storage) {
    this.#hdf5 = hdf5;
    this.#file = file;
    this.#memory = memory;
  }

  /** Whether there is something of that name; follows no links. */
  has(path: string): boolean {
    const { parent, name } = split(path);
    return (parent === '/' || this.has(parent)) && this.children(parent).has(name);
  }

  /** The names of a group's members. @throws FormatError where the path is no group, or a link leads there. */
  children(path: string): ReadonlySet<string> {
    const known = this.#children.get(path);
    if (known) return known;
    this.#expect(path, this.#hdf5.H5G_GROUP, 'a group');
    const names = new Set(this.#hdf5.get_names(this.#file, path, false));
    this.#children.set(path, names);
    return names;
  }

  attributes(path: string): ReadonlySet<string> {
    const known = this.#attributes.get(path);
    if (known) return known;
    this.children(path); // a group, reached by no link
    const names = new Set(this.#hdf5.get_attribute_names(this.#file, path));
    this.#attributes.set(path, names);
    return names;
  }

  /** A scalar text attribute of a group; undefined where it has none of the name. */
  text(path: string, name: string): string | undefined {
    if (!this.attributes(path).has(name)) return undefined;
    const { shape, texts } = this.#texts(path, name);
    if (shape.length > 0 || texts.length !== 1) throw new FormatError('wrong_type', place(path, name), `expected one text, received an array of shape [${shape.join(', ')}]`);
    return texts[0];
  }

  /** A list of texts; where it was too long for one attribute, Keras writes `name0`, `name1`, … */
  list(path: string, name: string): string[] | undefined {
    const attributes = this.attributes(path);
    if (attributes.has(name)) return this.#list(path, name);
    const parts: string[] = [];
    let chunk = 0;
    for (; attributes.has(`${name}${chunk}`); chunk++) parts.push(...this.#list(path, `${name}${chunk}`));
    return chunk === 0 ? undefined : parts;
  }

  /** Shape and dtype of an array, without its data. */
  declaration(path: string): Omit<DeclaredWeight, 'name'> {
    const { shape, dtype } = this.#declaration(path);
    return { shape, dtype };
  }

  #declaration(path: string): Omit<DeclaredWeight, 'name'> & { metadata: Hdf5Metadata } {
    const metadata = this.metadata(path);
    return { shape: metadata.shape, dtype: dtypeOf(metadata, place(path)), metadata };
  }

  /** What the library says of an array, whatever its elements are. @throws FormatError where none is there, or it is one over other files */
  metadata(path: string): Hdf5Metadata & { shape: number[] } {
    this.#expect(path, this.#hdf5.H5G_DATASET, 'an array');
    const metadata = this.#hdf5.get_dataset_metadata(this.#file, path);
    if (metadata.virtual_sources)
      throw new FormatError('external_file', place(path), `expected all data within the file, received a virtual dataset over ${quote(metadata.virtual_sources.map((source) => source.file_name))}; it is refused`);
    if (!metadata.shape) throw new FormatError('wrong_type', place(path), 'expected an array, received an empty dataspace');
    return { ...metadata, shape: metadata.shape };
  }

  /** What a member of a group is; undefined for links, and for what is neither. */
  kind(path: string): 'group' | 'array' | undefined {
    const { parent, name } = split(path);
    if (!this.children(parent).has(name) || this.#hdf5.get_symbolic_link(this.#file, path) !== null) return undefined;
    if ((this.#hdf5.get_external_link(this.#file, path) as { filename?: string }).filename !== undefined) return undefined;
    const type = this.#hdf5.get_type(this.#file, path);
    return type === this.#hdf5.H5G_GROUP ? 'group' : type === this.#hdf5.H5G_DATASET ? 'array' : undefined;
  }

  /** Rows of an array along its first axis, as the bytes of its elements, little-endian. Their size must have been checked before. */
  rowBytes(path: string, first: number, rows: number): Uint8Array {
    return this.#rows(path, first, rows, (pointer, bytes) => this.#hdf5.HEAPU8.slice(pointer, pointer + bytes));
  }

  /** The same of texts of variable length. */
  rowTexts(path: string, first: number, rows: number): Uint8Array[] {
    return this.#rows(path, first, rows, (pointer, bytes, counts) => {
      const pointers = new Uint32Array(this.#hdf5.HEAPU8.slice(pointer, pointer + bytes).buffer);
      const texts = Array.from(pointers, (text) => textAt(this.#hdf5.HEAPU8, text));
      this.#hdf5.reclaim_vlen_memory_count(this.#file, path, '', BigInt(pointer), counts);
      return texts;
    });
  }

  #rows<T>(path: string, first: number, rows: number, take: (pointer: number, bytes: number, counts: bigint[]) => T): T {
    const { shape, size } = this.metadata(path);
    const counts = [rows, ...shape.slice(1)];
    const bytes = sizeOf(counts) * size;
    const bigints = counts.map(BigInt);
    try {
      return withMemory(this.#hdf5, bytes, (pointer) => {
        const offsets = counts.map((_, axis) => (axis === 0 ? BigInt(first) : 0n));
        if (bytes > 0) this.#hdf5.get_dataset_data(this.#file, path, bigints, offsets, counts.map(() => 1n), BigInt(pointer));
        return take(pointer, bytes, bigints);
      });
    } catch (error) {
      throw error instanceof FormatError ? error : new FormatError('unreadable', place(path), `its rows from ${first} on cannot be read: ${hdf5Reason(error)}`, { cause: error });
    }
  }

  /** All of an array; a large one may be a view of the file. Its size must have been checked before: see `declaration`. */
  array(path: string): NdArray {
    const { shape, dtype, metadata } = this.#declaration(path);
    try {
      return { shape, dtype, data: viewBytes(dtype, this.#data(path, sizeOf(shape) * metadata.size, metadata)) };
    } catch (error) {
      throw error instanceof FormatError ? error : new FormatError('unreadable', place(path), `its data cannot be read: ${hdf5Reason(error)}`, { cause: error });
    }
  }

  #data(path: string, bytes: number, { littleEndian, chunks }: Hdf5Metadata): Uint8Array {
    if (bytes === 0) return new Uint8Array(0);
    return withMemory(this.#hdf5, bytes, (pointer) => {
      const read = (): number => this.#hdf5.get_dataset_data(this.#file, path, null, null, null, BigInt(pointer));
      // Big-endian numbers are reversed in the library's memory, chunks are put together there.
      const view = littleEndian && chunks === null ? this.#memory.readInto(pointer, bytes, read) : void read();
      return view ?? this.#hdf5.HEAPU8.slice(pointer, pointer + bytes);
    });
  }

  #list(path: string, name: string): string[] {
    const { shape, texts } = this.#texts(path, name);
    if (shape.length !== 1) throw new FormatError('wrong_type', place(path, name), `expected a list of texts, received an array of shape [${shape.join(', ')}]`);
    return texts;
  }

  /** The texts of an attribute: of fixed or variable length; none where it is an empty array of numbers, as numpy makes of `[]`. */
  #texts(path: string, name: string): { shape: readonly number[]; texts: string[] } {
    const metadata = this.#hdf5.get_attribute_metadata(this.#file, path, name);
    const { shape, size, total_size: count } = metadata;
    if (shape && count === 0) return { shape, texts: [] };
    if (!shape || metadata.type !== this.#hdf5.H5T_class_t.H5T_STRING.value)
      throw new FormatError('wrong_type', place(path, name), 'expected text, received an attribute of another type');
    const bytes = size * count;
    if (bytes > MAX_TEXT_BYTES) throw new FormatError('too_large', place(path, name), `expected at most ${MAX_TEXT_BYTES} bytes of text, received ${bytes}`);
    const texts = withMemory(this.#hdf5, bytes, (pointer) => {
      this.#hdf5.get_attribute_data(this.#file, path, name, BigInt(pointer));
      const data = this.#hdf5.HEAPU8.slice(pointer, pointer + bytes);
      if (!metadata.vlen) return fixedTexts(data, size, count);
      const pointers = new Uint32Array(data.buffer);
      const texts = [...pointers].map((text) => this.#hdf5.UTF8ToString(text));
      this.#hdf5.reclaim_vlen_memory(this.#file, path, name, BigInt(pointer));
      return texts;
    });
    return { shape, texts };
  }

  /** Checks link by link that a path exists, leads through no soft or external link, and ends in what is expected. */
  #expect(path: string, type: number, what: string): void {
    if (path !== '/') {
      const { parent, name } = split(path);
      if (!this.children(parent).has(name)) throw new FormatError('missing', place(path), `expected ${what}, the file has nothing there`);
      const target = this.#hdf5.get_symbolic_link(this.#file, path) as string | null;
      if (target !== null) throw new FormatError('soft_link', place(path), `expected ${what}, received a soft link to ${quote(target)}; it is refused`);
      const { filename } = this.#hdf5.get_external_link(this.#file, path) as { filename?: string };
      if (filename !== undefined) throw new FormatError('external_link', place(path), `expected ${what}, received a link to another file, ${quote(filename)}; it is refused`);
    }
    if (this.#hdf5.get_type(this.#file, path) !== type) throw new FormatError('wrong_type', place(path), `expected ${what}, received something else`);
  }
}

/** NUL-padded or NUL-terminated UTF-8, whichever character set the attribute declares: h5py 2 declared ASCII for all. */
function fixedTexts(data: Uint8Array, size: number, count: number): string[] {
  const decoder = new TextDecoder();
  return Array.from({ length: count }, (_, index) => {
    const text = data.subarray(index * size, (index + 1) * size);
    const end = text.indexOf(0);
    return decoder.decode(end < 0 ? text : text.subarray(0, end));
  });
}

/** A text of variable length, which ends in a NUL; none where the pointer is none. */
function textAt(memory: Uint8Array, pointer: number): Uint8Array {
  return pointer === 0 ? new Uint8Array() : memory.slice(pointer, memory.indexOf(0, pointer));
}

function split(path: string): { parent: string; name: string } {
  const cut = path.lastIndexOf('/');
  return { parent: cut === 0 ? '/' : path.slice(0, cut), name: path.slice(cut + 1) };
}

/** A path as messages name it: without the leading slash, attributes behind `@`. */
function place(path: string, attribute?: string): string {
  const shown = path.slice(1) || 'the file';
  return attribute === undefined ? shown : `${shown}@${attribute}`;
}

/**
 * The path of a name that a file gives, below `parent`.
 * @throws FormatError where a part of the name is empty, `.` or `..`, which Keras never writes and with which HDF5 would go
 * elsewhere, or a name that every JavaScript object has.
 */
export function pathOf(parent: string, name: string): string {
  if (name.length > 1024 || name.includes('\0') || name.split('/').some((part) => part === '' || part === '.' || part === '..' || isInheritedName(part)))
    throw new FormatError('bad_name', place(parent), `expected a name such as "dense_1/kernel:0", received ${quote(name)}`);
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}
