import type * as H5wasm from 'h5wasm';
import { FormatError } from '../format-error.js';

/** The HDF5 library, compiled to WebAssembly; its files are in memory only. */
export type Hdf5 = Awaited<typeof H5wasm.ready>;
export type Hdf5Metadata = H5wasm.Metadata;

/** What is used of the library's in-memory file system. */
export interface MemoryFiles {
  open: (path: unknown, flags: number, mode?: number) => unknown;
  writeFile(path: string, data: Uint8Array): void;
  lookupPath(path: string): { node: MemoryNode };
  unlink(path: string): void;
  readonly ErrnoError: new (errno: number) => Error;
}

let loaded: Promise<Hdf5> | undefined;

/** Loads the library at first use: it takes 50 ms and 20 MB, which most processes that import this package never need. */
export function loadHdf5(): Promise<Hdf5> {
  // Only this build: `h5wasm/node` sees the host's files, and follows external links and external storage to them.
  loaded ??= import('h5wasm').then(async ({ ready }) => {
    const hdf5 = await ready;
    // Without it a read that fails answers whatever the memory held before.
    hdf5.activate_throwing_error_handler();
    return hdf5;
  });
  return loaded;
}

/** What that file system keeps of a file. */
export interface MemoryNode {
  contents: Uint8Array;
  /** How long the file is; `contents` may be longer. */
  usedBytes: number;
  stream_ops: { read: Transfer; write: Transfer };
  node_ops: { setattr: (node: MemoryNode, attributes: { size?: number }) => void };
}

type Transfer = (stream: unknown, buffer: Int8Array, offset: number, length: number, position: number) => number;

export function memoryFiles(hdf5: Hdf5): MemoryFiles {
  return hdf5.FS as unknown as MemoryFiles;
}

/** Memory of the library for the time of `use`. */
export function withMemory<T>(hdf5: Hdf5, bytes: number, use: (pointer: number) => T): T {
  const pointer = Number(hdf5._malloc(Math.max(bytes, 1)));
  if (pointer === 0) throw new FormatError('too_large', 'the file', `${bytes} bytes do not fit into the memory that the HDF5 library has left, of ${hdf5.MAXIMUM_MEMORY} at most`);
  try {
    return use(pointer);
  } finally {
    hdf5._free(pointer);
  }
}

/** The reason at the bottom of HDF5's error stack: `#004: …/H5Fsuper.c line 9 in H5F__super_read(): truncated file: eof = …`. */
export function hdf5Reason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const frames = [...text.matchAll(/#\d+: .* in \w+\(\): (.*)/g)].map((match) => match[1]);
  return frames.at(-1) ?? text.split('\n')[0] ?? 'unknown';
}
