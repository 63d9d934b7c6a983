import fc from 'fast-check';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { DataError } from '../data-error.js';
import { jpeg, plain, png, pngOf } from '../testing/pictures.js';
import { decodeImage } from './decode-image.js';

const fields = { target_size: [4, 6] as [number, number], color_mode: 'rgb', interpolation: 'nearest', data_format: 'channels_last' } as const;

async function decoded(bytes: Uint8Array): Promise<Uint8Array> {
  const target = new Uint8Array(4 * 6 * 3);
  await decodeImage(bytes, fields, target, 0, () => 'files/a.png');
  return target;
}

const small = await jpeg(40, 60, 1);
const picture = plain(4, 6, [10, 20, 30]);
const webp = await sharp(picture).webp().toBuffer();
const forPrint = await sharp(small).toColourspace('cmyk').jpeg().toBuffer();

/** The header of a PNG that claims to be so large, and some data. */
function claiming(height: number, width: number, dataBytes: number, bits = 8): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, 2], 8);
  return pngOf([['IHDR', header], ['IDAT', deflateSync(Buffer.alloc(dataBytes))], ['IEND', new Uint8Array()]]);
}

/** A JPEG whose header says something else: `at` bytes behind the marker of its frame. */
function withFrame(at: number, value: number): Buffer {
  const changed = Buffer.from(small);
  changed[changed.indexOf(Buffer.from([0xff, 0xc0])) + at] = value;
  return changed;
}

describe('what is no image is refused, with what it is and what helps', () => {
  test.each([
    ['nothing', Buffer.alloc(0), 'files/a.png: expected a JPEG or a PNG, received an empty file; save it as one of these'],
    ['a text', Buffer.from('an image'), 'received something else'],
    ['an SVG', Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 'received an SVG or a web page'],
    ['a GIF', Buffer.from('GIF89a\x01\0\x01\0'), 'received a GIF'],
    ['a TIFF', Buffer.from('II*\0\x08\0\0\0'), 'received a TIFF'],
    ['a WebP', webp, 'received a WebP'],
    ['a PNG of 16 bits', png(1, 2, new Uint8Array(12), { bits: 16 }), 'expected a PNG of 8 bits a channel, received one of 16'],
    ['a JPEG of 12 bits', withFrame(4, 12), 'expected a JPEG of 8 bits a channel, received one of 12'],
    ['a JPEG for print', forPrint, 'received one for print (CMYK); convert it to RGB'],
    ['a PNG of no pixels', claiming(0, 10, 10), 'expected at least one pixel, received an image of 10 × 0'],
  ])('%s', async (_, bytes, message) => {
    const error: unknown = await decoded(bytes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toContain(message);
  });

  test.each([
    ['a PNG of 2,500 million pixels', claiming(50_000, 50_000, 1000), 'expected an image of at most 67108864 pixels, 65535 along each side, received one of 50000 × 50000; make it smaller before'],
    ['a PNG of one row', claiming(1, 2 ** 26, 1000), 'received one of 67108864 × 1'],
    ['a PNG that ends early', claiming(4000, 4000, 120_000), 'the PNG is damaged or cut short'],
    ['a PNG without data', pngOf([['IHDR', claiming(1, 1, 1).subarray(16, 29)], ['IEND', new Uint8Array()]]), 'the PNG is damaged or cut short'],
    ['a PNG that is cut off', picture.subarray(0, 40), 'the PNG is damaged or cut short'],
    ['a PNG of another checksum', Buffer.concat([picture.subarray(0, 45), Buffer.of(picture[45]! ^ 1), picture.subarray(46)]), 'the PNG is damaged or cut short'],
    ['a PNG of two headers', pngOf([['IHDR', claiming(4, 4, 1).subarray(16, 29)], ['IHDR', claiming(9000, 7000, 1).subarray(16, 29)], ['IDAT', deflateSync(Buffer.alloc(1000))]]), 'the PNG is damaged or cut short'],
    ['a JPEG that is cut off', small.subarray(0, small.length - 100), 'the JPEG is damaged or cut short: VipsJpeg: premature end of JPEG image; upload it again'],
    ['a JPEG without an end', small.subarray(0, small.length - 2), 'the JPEG is damaged or cut short'],
    ['a JPEG without a frame', small.subarray(0, 30), 'the JPEG is cut short or damaged: expected the size of the image'],
    ['a JPEG that claims more rows than it has', withFrame(5, 90), 'the JPEG is damaged or cut short'],
    ['a JPEG without rows', Buffer.concat([withFrame(5, 0).subarray(0, small.indexOf(Buffer.from([0xff, 0xc0])) + 6), Buffer.of(0), small.subarray(small.indexOf(Buffer.from([0xff, 0xc0])) + 7)]), 'received an image of 60 × 0'],
  ])('%s', async (_, bytes, message) => {
    const before = process.memoryUsage().rss;
    const error: unknown = await decoded(bytes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toContain(message);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });
});

describe('what is odd and an image', () => {
  test('a JPEG with bytes between its segments', async () => {
    const scan = small.indexOf(Buffer.from([0xff, 0xda]));
    expect(await decoded(Buffer.concat([small.subarray(0, scan), Buffer.alloc(9, 1), small.subarray(scan)]))).toEqual(await decoded(small));
  });

  test('a colour profile and text of half a gigabyte are not unpacked', async () => {
    const bomb = Buffer.concat([Buffer.from('a\0\0'), deflateSync(Buffer.alloc(5e8))]);
    const before = process.memoryUsage().rss;
    expect(await decoded(png(4, 6, new Uint8Array(72).fill(9), { chunks: [['iCCP', bomb], ['zTXt', bomb]] }))).toEqual(new Uint8Array(72).fill(9));
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
  });

  test('the orientation that a camera noted is not looked at, as in Keras', async () => {
    const samples = Uint8Array.from({ length: 72 }, (_, i) => i * 3);
    const turned = await sharp(samples, { raw: { width: 6, height: 4, channels: 3 } }).withExif({ IFD0: { Orientation: '6' } }).png().toBuffer();
    expect(turned.includes('eXIf')).toBe(true);
    expect(await decoded(turned)).toEqual(samples);
  });

  test('a colour profile is not applied, nor gamma', async () => {
    const samples = Uint8Array.from({ length: 72 }, (_, i) => i * 3);
    const gamma = Buffer.alloc(4);
    gamma.writeUInt32BE(100_000);
    expect(await decoded(png(4, 6, samples, { chunks: [['gAMA', gamma]] }))).toEqual(samples);
    const profiled = await sharp(samples, { raw: { width: 6, height: 4, channels: 3 } }).withIccProfile('p3', { attach: true }).png().toBuffer();
    expect(profiled.includes('iCCP')).toBe(true);
    const { data } = await sharp(samples, { raw: { width: 6, height: 4, channels: 3 } }).withIccProfile('p3', { attach: true }).raw().toBuffer({ resolveWithObject: true });
    expect(await decoded(profiled)).toEqual(new Uint8Array(data)); // the values that are stored
  });

  test('transparent colours keep their colour, and bytes behind the end do not matter', async () => {
    const transparent = png(4, 6, Uint8Array.from({ length: 24 * 4 }, (_, i) => (i % 4 === 3 ? 0 : 50 + (i % 4))), { type: 6 });
    expect((await decoded(Buffer.concat([transparent, Buffer.alloc(99)]))).slice(0, 3)).toEqual(Uint8Array.of(50, 51, 52));
    const key = png(4, 6, new Uint8Array(72).fill(9), { chunks: [['tRNS', Buffer.from([0, 9, 0, 9, 0, 9])]] });
    expect(await decoded(key)).toEqual(new Uint8Array(72).fill(9));
    const palette = png(4, 6, new Uint8Array(12).fill(0x12), { type: 3, bits: 4, chunks: [['PLTE', Buffer.from([0, 0, 0, 1, 2, 3, 4, 5, 6])], ['tRNS', Buffer.from([0, 0, 0])]] });
    expect((await decoded(palette)).slice(0, 6)).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
  });
});

test('bytes that are changed or missing give an image or a refusal, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(small, picture), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat(), async (file, changes, cut) => {
      const bytes = Buffer.from(file.subarray(0, cut % 3 === 0 ? cut % file.length : file.length));
      for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
      const result = await decoded(bytes).catch((error: unknown) => error);
      expect(result instanceof Uint8Array || result instanceof DataError, String(result)).toBe(true);
    }),
    { numRuns: 300 },
  );
});
