import { bytesOf, sizeOf, type NdArray } from '@trainyard/ndarray';
import { FormatError } from '../format-error.js';
import { numberType, type CreateMetadata } from './dtypes.js';
import { hdf5Reason, loadHdf5, withMemory, type Hdf5 } from './hdf5.js';
import { MemoryFile } from './memory-file.js';

/** An attribute must fit into its object's header, 64 KiB; Keras's own limit, which its readers know. */
const MAX_ATTRIBUTE_BYTES = 64_512;
const STRING = 3; // H5T_STRING
const ASCII = 0; // H5T_CSET_ASCII, what h5py 2 declares for bytes

/** Arrays of fewer bytes are copied into the library's memory: what is smaller than 64 KiB it gathers in a buffer before it writes. */
const LARGE_BYTES = 2 ** 20;
/** Room for all that is not an array: 2 KiB or so a layer. More is made where it does not suffice. */
const HEADER_BYTES = 2 ** 20;

/**
 * Writes an HDF5 file in memory.
 *
 * @param arrayBytes of all arrays that will be written.
 */
export async function writeHdf5(arrayBytes: number, write: (file: Hdf5Writer) => void): Promise<Uint8Array> {
  const hdf5 = await loadHdf5();
  const memory = MemoryFile.empty(hdf5, arrayBytes + HEADER_BYTES);
  try {
    const id = hdf5.open(memory.path, hdf5.H5F_ACC_TRUNC, false, -1, -1);
    try {
      write(new Hdf5Writer(hdf5, id, memory));
    } finally {
      hdf5.close_file(id);
    }
    return memory.bytes;
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError('unwritable', 'the file', `HDF5 could not write it: ${hdf5Reason(error)}`, { cause: error });
  } finally {
    memory.remove();
  }
}

/** Paths begin with `/`. */
export class Hdf5Writer {
  readonly #hdf5: Hdf5;
  readonly #file: bigint;
  readonly #memory: MemoryFile;
  readonly #groups = new Set(['/']);

  /** @param memory where `file` is. */
  constructor(hdf5: Hdf5, file: bigint, memory: MemoryFile) {
    this.#hdf5 = hdf5;
    this.#file = file;
    this.#memory = memory;
  }

  /** Creates a group and those above it, as far as they are not there. */
  group(path: string): void {
    if (this.#groups.has(path)) return;
    const above = path.slice(0, path.lastIndexOf('/')) || '/';
    this.group(above);
    this.#hdf5.create_group(this.#file, path, false);
    this.#groups.add(path);
  }

  /** A scalar attribute of variable length. */
  text(path: string, name: string, text: string): void {
    const metadata = create([], { type: STRING, size: 4, signed: false }, { vlen: true, cset: ASCII });
    this.#hdf5.create_vlen_str_attribute(this.#file, path, name, [text], metadata);
  }

  /**
   * A list of texts as h5py 2 stored a list of bytes: of fixed length, or for an empty list float64 of shape (0,);
   * divided into `name0`, `name1`, … as Keras does where it is too long for one attribute.
   */
  list(path: string, name: string, texts: readonly string[]): void {
    if (texts.length === 0) return this.#attribute(path, name, create([0], { type: 1, size: 8, signed: false }), new Uint8Array(0));
    const encoded = texts.map((text) => Buffer.from(text, 'utf8'));
    const size = Math.max(1, ...encoded.map((text) => text.length));
    if (size > MAX_ATTRIBUTE_BYTES) throw new FormatError('too_large', path.slice(1), `expected names of at most ${MAX_ATTRIBUTE_BYTES} bytes, received one of ${size}`);
    const chunks = splitEvenly(encoded, size);
    chunks.forEach((chunk, index) => {
      const data = Buffer.alloc(chunk.length * size);
      chunk.forEach((text, row) => text.copy(data, row * size));
      const metadata = create([chunk.length], { type: STRING, size, signed: false }, { cset: ASCII });
      this.#attribute(path, chunks.length === 1 ? name : `${name}${index}`, metadata, data);
    });
  }

  /** An array, with the groups above it. */
  array(path: string, { dtype, shape, data }: NdArray): void {
    this.group(path.slice(0, path.lastIndexOf('/')) || '/');
    if (data.length !== sizeOf(shape)) throw new RangeError(`${path.slice(1)}: shape [${shape.join(', ')}] holds ${sizeOf(shape)} elements, received ${data.length}`);
    const metadata = create(shape, numberType(dtype, path.slice(1)));
    this.#withBytes(bytesOf(data), (pointer) => this.#hdf5.create_dataset(this.#file, path, pointer, metadata));
  }

  #attribute(path: string, name: string, metadata: CreateMetadata, data: Uint8Array): void {
    this.#withBytes(data, (pointer) => this.#hdf5.create_attribute(this.#file, path, name, pointer, metadata));
  }

  #withBytes(data: Uint8Array, use: (pointer: bigint) => number): void {
    withMemory(this.#hdf5, data.byteLength, (pointer) => {
      if (data.byteLength >= LARGE_BYTES) return this.#memory.writeFrom(pointer, data, () => use(BigInt(pointer)));
      this.#hdf5.HEAPU8.set(data, pointer);
      use(BigInt(pointer));
    });
  }
}

function create(shape: readonly number[], type: { type: number; size: number; signed: boolean }, text: { vlen?: boolean; cset?: number } = {}): CreateMetadata {
  const dimensions = shape.map(BigInt);
  return { ...type, vlen: false, ...text, littleEndian: true, total_size: sizeOf(shape), shape: dimensions, maxshape: dimensions };
}

/** numpy's `array_split` into as few chunks as keep each within the limit: the first `length % chunks` have one more. */
function splitEvenly(texts: readonly Buffer[], size: number): Buffer[][] {
  const perChunk = Math.floor(MAX_ATTRIBUTE_BYTES / size);
  const count = Math.ceil(texts.length / perChunk);
  const least = Math.floor(texts.length / count);
  const longer = texts.length % count;
  return Array.from({ length: count }, (_, chunk) => {
    const start = chunk * least + Math.min(chunk, longer);
    return texts.slice(start, start + least + (chunk < longer ? 1 : 0));
  });
}
