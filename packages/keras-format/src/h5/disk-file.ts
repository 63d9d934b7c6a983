import { randomUUID } from 'node:crypto';
import { readSync } from 'node:fs';
import { memoryFiles, type Hdf5, type MemoryFiles } from './hdf5.js';

/** A file on the disk that the HDF5 library finds, for reading, in its in-memory file system: what it reads is read from the disk then. */
export class DiskFile {
  /** A name that no file can know, to refer to it. */
  readonly path = `/${randomUUID()}.h5`;
  readonly #files: MemoryFiles;

  /** @param descriptor of a file of `bytes` that is open and does not change */
  constructor(hdf5: Hdf5, descriptor: number, bytes: number) {
    this.#files = memoryFiles(hdf5);
    this.#files.writeFile(this.path, new Uint8Array(0));
    const { node } = this.#files.lookupPath(this.path);
    node.usedBytes = bytes;
    node.stream_ops = {
      ...node.stream_ops,
      read: (_stream, buffer, offset, length, position) => {
        let read = 0;
        // A system call answers 2 GiB at most.
        for (let more = 1; read < length && more > 0; read += more) more = readSync(descriptor, buffer, offset + read, length - read, position + read);
        return read;
      },
    };
  }

  /** Nothing is answered from elsewhere: the library's memory has the bytes. */
  readInto(_pointer: number, _bytes: number, use: () => void): undefined {
    use();
  }

  remove(): void {
    this.#files.unlink(this.path);
  }
}
