import { npyHeaderBytes, parseNpyHeader, type NpyHeader, type ZipEntry } from '@trainyard/ndarray';
import { DataError } from '../../data-error.js';
import type { ShardFile } from '../../shards/shard-file.js';
import { oneByOne, type Format } from '../format.js';
import { ArrayTable } from './array-table.js';
import { InflatedArray, InflatedBytes } from './inflated-array.js';
import { textHeader } from './npy-values.js';
import { asDataError, type RemoteArray } from './remote-array.js';
import { StoredArray } from './stored-array.js';
import { memberHead, readRemoteDirectory } from './zip-directory.js';

const STORED = 0;
const DEFLATED = 8;
/** Genuine headers of .npy have 128. */
const prefixBytes = 512;

/** Each .npz is a table: numpy's zip of .npy files, read member by member and never as a whole. */
export const npz: Format = {
  name: 'npz',
  suffixes: ['.npz'],
  group: oneByOne,
  open: ([file]) => openNpz(file),
};

async function openNpz(file: ShardFile): Promise<ArrayTable> {
  const members = new Map<string, ZipEntry>();
  for (const member of await readRemoteDirectory(file)) {
    const name = member.name.replace(/\.npy$/, '');
    if (members.has(name)) throw new DataError(`${file.name}, array ${JSON.stringify(name)}`, 'expected arrays of different names, received two of this name');
    members.set(name, member);
  }
  return new ArrayTable(file.name, [...members.keys()], (name) => {
    const member = members.get(name);
    if (!member) throw new Error(`the table has no array ${name}`);
    return openMember(file, member, `${file.name}, array ${JSON.stringify(name)}`);
  });
}

async function openMember(file: ShardFile, member: ZipEntry, place: string): Promise<RemoteArray> {
  const { start, head } = await memberHead(file, member, place);
  const end = start + member.compressedBytes;
  if (end > file.bytes) throw new DataError(place, `the file is cut short: expected ${member.compressedBytes} bytes of the array, received ${Math.max(0, file.bytes - start)}; upload it again`);
  switch (member.method) {
    case STORED: {
      const { header, bytes } = await readHeader(place, async (bytes) => (bytes <= head.length ? head : file.read(start, Math.min(end, start + bytes))));
      if (member.bytes !== member.compressedBytes) throw new DataError(place, `the npz file is damaged: it announces ${member.bytes} bytes of the array, stored in ${member.compressedBytes}`);
      return new StoredArray(place, header, bytes, file, { start, end, crc: member.crc });
    }
    case DEFLATED: {
      const range = { start, end, bytes: member.bytes, crc: member.crc };
      const { header } = await readHeader(place, async (bytes) => {
        const head = new InflatedBytes(place, file, range);
        try {
          return await head.take(Math.min(bytes, member.bytes));
        } finally {
          await head.close();
        }
      });
      return new InflatedArray(place, header, file, range);
    }
    default:
      throw new DataError(place, `expected compression method 0 (stored) or 8 (deflate), received ${member.method}; save with numpy.savez or numpy.savez_compressed`);
  }
}

/** The header, parsed and as it is. @param head answers about so many bytes from the beginning of the .npy */
async function readHeader(place: string, head: (bytes: number) => Promise<Buffer>): Promise<{ header: NpyHeader; bytes: Buffer }> {
  const prefix = await head(prefixBytes);
  const bytes = asDataError(() => npyHeaderBytes(prefix, place));
  const whole = bytes <= prefix.length ? prefix : await head(bytes);
  return { header: asDataError(() => textHeader(parseNpyHeader(whole, place, { text: true }), place)), bytes: whole };
}
