import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

/** How many channels each colour type of PNG has. */
const channelsOfType: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

export interface PngOptions {
  /** 0 grey, 2 colours, 3 palette, 4 grey with alpha, 6 colours with alpha. */
  readonly type?: number;
  readonly bits?: number;
  /** Other chunks in front of the data. */
  readonly chunks?: readonly (readonly [string, Uint8Array])[];
}

/** A PNG of the given samples, row by row; of as many bytes as are given, whatever its header says. */
export function png(height: number, width: number, samples: Uint8Array, { type = 2, bits = 8, chunks = [] }: PngOptions = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, type], 8);
  const rowBytes = Math.ceil((width * (channelsOfType[type] ?? 1) * bits) / 8);
  const rows = Math.ceil(samples.length / rowBytes);
  const filtered = Buffer.alloc(rows * (rowBytes + 1));
  for (let row = 0; row < rows; row++) filtered.set(samples.subarray(row * rowBytes, (row + 1) * rowBytes), row * (rowBytes + 1) + 1);
  return pngOf([['IHDR', header], ...chunks, ['IDAT', deflateSync(filtered)], ['IEND', Buffer.alloc(0)]]);
}

export function pngOf(chunks: readonly (readonly [string, Uint8Array])[]): Buffer {
  const parts = chunks.flatMap(([name, data]) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    checksum.writeUInt32BE(crc32(body));
    return [length, body, checksum];
  });
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...parts]);
}

/** A PNG of one colour. */
export function plain(height: number, width: number, colour: readonly [number, number, number]): Buffer {
  return png(height, width, Uint8Array.from({ length: height * width * 3 }, (_, i) => colour[i % 3] ?? 0));
}

/** A JPEG of something smooth, another for each seed. */
export function jpeg(height: number, width: number, seed: number): Promise<Buffer> {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => 127 + 120 * Math.sin((i % (width * 3)) / (9 + seed) + seed) * Math.cos(i / (width * 3 * (4 + (seed % 5)))));
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90 })
    .toBuffer();
}
