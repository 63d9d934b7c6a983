import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';

const endSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endLength = 22;
const maxCommentLength = 0xffff;

/**
 * The members of a zip file, by name: `{ name, method, crc, compressedBytes, bytes, localOffset }`, sizes in bytes.
 * Zip64 archives (4 GiB and more) are refused. Layout: PKWARE APPNOTE 4.3.
 */
export async function readZipDirectory(file) {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const tail = await readAt(handle, Math.max(0, size - endLength - maxCommentLength), size);
    let end = tail.length - endLength;
    while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end--;
    if (end < 0) throw new Error(`${file}: not a zip file (no end-of-central-directory record)`);
    const count = tail.readUInt16LE(end + 10);
    const directoryBytes = tail.readUInt32LE(end + 12);
    const directoryOffset = tail.readUInt32LE(end + 16);
    if (count === 0xffff || directoryOffset === 0xffffffff) throw new Error(`${file}: Zip64 archives are not supported`);
    const directory = await readAt(handle, directoryOffset, directoryOffset + directoryBytes);
    return parseDirectory(file, directory, count);
  } finally {
    await handle.close();
  }
}

function parseDirectory(file, directory, count) {
  const members = new Map();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (directory.readUInt32LE(at) !== centralSignature) throw new Error(`${file}: damaged central directory at entry ${i}`);
    const nameLength = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    members.set(name, {
      name,
      method: directory.readUInt16LE(at + 10),
      crc: directory.readUInt32LE(at + 16),
      compressedBytes: directory.readUInt32LE(at + 20),
      bytes: directory.readUInt32LE(at + 24),
      localOffset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return members;
}

/**
 * Streams one member (stored or deflated) into the file `target`, and checks its length and CRC-32.
 * `onBytes` is called with the number of bytes that each chunk adds.
 *
 * @param {string} file
 * @param {{ name: string, method: number, crc: number, compressedBytes: number, bytes: number, localOffset: number }} member
 * @param {string} target
 * @param {(bytes: number) => void} onBytes
 */
export async function extractMember(file, member, target, onBytes = () => {}) {
  const start = await dataOffset(file, member);
  const check = checkingTransform(file, member, onBytes);
  await mkdir(path.dirname(target), { recursive: true });
  // A stream from `start` to `start - 1` is refused: an empty member has no data to read.
  const source = member.compressedBytes === 0 ? [Buffer.alloc(0)] : createReadStream(file, { start, end: start + member.compressedBytes - 1, highWaterMark: 1 << 20 });
  const sink = createWriteStream(target);
  if (member.method === 0) await pipeline(source, check, sink);
  else if (member.method === 8) await pipeline(source, createInflateRaw({ chunkSize: 1 << 20 }), check, sink);
  else throw new Error(`${file}: ${member.name} is compressed with method ${member.method}; only stored (0) and deflated (8) are supported`);
  const written = (await stat(target)).size;
  if (written !== member.bytes) throw new Error(`${target}: ${written} bytes were written, expected ${member.bytes}`);
}

/** The local header repeats the name and has an extra field of its own length: the data begin behind both. */
async function dataOffset(file, member) {
  const handle = await open(file);
  try {
    const header = await readAt(handle, member.localOffset, member.localOffset + 30);
    if (header.readUInt32LE(0) !== localSignature) throw new Error(`${file}: damaged local header of ${member.name}`);
    return member.localOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  } finally {
    await handle.close();
  }
}

function checkingTransform(file, member, onBytes) {
  let crc = 0;
  let bytes = 0;
  return new Transform({
    transform(chunk, _encoding, done) {
      crc = crc32(chunk, crc);
      bytes += chunk.length;
      onBytes(chunk.length);
      done(null, chunk);
    },
    flush(done) {
      const ok = crc === member.crc && bytes === member.bytes;
      done(ok ? null : new Error(`${file}: ${member.name} is damaged: ${bytes} bytes with CRC ${crc}, expected ${member.bytes} with ${member.crc}`));
    },
  });
}

async function readAt(handle, start, end) {
  const buffer = Buffer.alloc(end - start);
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, start);
  if (bytesRead !== buffer.length) throw new Error(`unexpected end of the zip file at byte ${start + bytesRead}`);
  return buffer;
}
