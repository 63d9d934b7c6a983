import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { bytesOf } from '../dtype.js';
import { sliceRows, type NdArray } from '../ndarray.js';
import { findZipEnd, parseZip64End, parseZipEntry } from '../zip/records.js';
import { streamZip } from '../zip/stream-zip.js';
import { decodeNpz, encodeNpz } from './npz.js';
import { streamNpz, type StreamedArray } from './stream-npz.js';

async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The array, cut into pieces behind these rows. */
function inPieces(name: string, array: NdArray, ...cuts: number[]): StreamedArray {
  const ends = [...cuts, array.shape[0] ?? 0];
  const pieces = ends.map((end, i) => {
    const bytes = bytesOf(sliceRows(array, ends[i - 1] ?? 0, end).data);
    return { bytes: bytes.length, crc: crc32(bytes), open: async function* () { yield bytes; } };
  });
  return { name, dtype: array.dtype, shape: array.shape, pieces };
}

const main: NdArray = { dtype: 'float32', shape: [5, 3], data: Float32Array.from({ length: 15 }, (_, i) => Math.sin(i)) };
const side: NdArray = { dtype: 'int64', shape: [5], data: BigInt64Array.from([1n, 2n, 3n, 4n, -5n]) };

test('the archive is that of the whole arrays to the byte, however they are cut', async () => {
  const whole = Buffer.from(encodeNpz([['main', main], ['side', side]]));
  for (const cuts of [[], [1], [1, 2, 4]]) {
    const streamed = await collect(streamNpz([inPieces('main', main, ...cuts), inPieces('side', side, ...cuts)]));
    expect(streamed.equals(whole)).toBe(true);
  }
  expect([...decodeNpz(whole)]).toEqual([['main', main], ['side', side]]);
});

test('a piece that has other bytes than were announced ends the stream', async () => {
  const [piece] = inPieces('main', main).pieces;
  const short = { ...piece!, bytes: piece!.bytes + 1 };
  await expect(collect(streamNpz([{ name: 'main', dtype: 'float32', shape: [5, 3], pieces: [short] }]))).rejects.toThrow('main.npy: expected 189 bytes, received 188');
});

test('members and places beyond 4 GiB are told in the fields of zip64', async () => {
  const chunk = Buffer.alloc(2 ** 26);
  const large = 5 * 2 ** 30;
  const member = (name: string, bytes: number) => ({ name, bytes, crc: 7, open: async function* () { for (let at = 0; at < bytes; at += chunk.length) yield chunk.subarray(0, Math.min(chunk.length, bytes - at)); } });
  let written = 0;
  const small: Buffer[] = [];
  for await (const bytes of streamZip([member('large', large), member('small', 3)])) {
    written += bytes.length;
    if (bytes.length < chunk.length) small.push(Buffer.from(bytes));
  }
  const tail = Buffer.concat(small.slice(-4)); // two entries, the zip64 end with its locator, the end
  const before = written - tail.length;
  const end = findZipEnd(tail) as { zip64At: number };
  const directory = parseZip64End(tail.subarray(end.zip64At - before))!;
  expect(directory).toEqual({ count: 2, bytes: expect.any(Number), offset: before });
  const first = parseZipEntry(tail, 0)!;
  expect(first.entry).toMatchObject({ name: 'large', bytes: large, compressedBytes: large, headerOffset: 0, crc: 7 });
  expect(parseZipEntry(tail, first.next)?.entry).toMatchObject({ name: 'small', bytes: 3, headerOffset: large + 30 + 'large'.length + 20 });
});
