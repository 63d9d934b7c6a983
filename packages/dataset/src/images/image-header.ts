/** What the first bytes of a file say of the image in it. */
export interface ImageHeader {
  readonly kind: 'JPEG' | 'PNG';
  readonly width: number;
  readonly height: number;
  /** No colours: red, green and blue are the same. */
  readonly grey: boolean;
}

/** A file that is no image that can be decoded. `problem` is what was expected, received, and the remedy. */
export class NotAnImage extends Error {
  override readonly name = 'NotAnImage';
}

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** What files begin with that are often named as if they were JPEG or PNG. */
const others: readonly (readonly [string, RegExp])[] = [
  ['a GIF', /^GIF8/],
  ['a WebP', /^RIFF.{4}WEBP/s],
  ['a TIFF', /^(II\*\0|MM\0\*)/],
  ['a BMP', /^BM/],
  ['an AVIF or HEIC', /^.{4}ftyp/s],
  ['an SVG or a web page', /^(\xef\xbb\xbf)?\s*</],
];

/**
 * Reads the kind, the size and the colours of an image from its own bytes, before any decoder sees it: what a decoder would
 * have to make room for is known, and what is neither JPEG nor PNG, whatever its name says, reaches none.
 * @throws NotAnImage
 */
export function imageHeader(bytes: Uint8Array): ImageHeader {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.subarray(0, 8).equals(pngSignature)) return pngHeader(file);
  if (file[0] === 0xff && file[1] === 0xd8 && file[2] === 0xff) return jpegHeader(file);
  const head = file.subarray(0, 64).toString('latin1');
  const found = others.find(([, begins]) => begins.test(head))?.[0];
  throw new NotAnImage(`expected a JPEG or a PNG, received ${file.length === 0 ? 'an empty file' : (found ?? 'something else')}; save it as one of these, or leave it out`);
}

/** Colour types of PNG: the bits 1 (palette), 2 (colour) and 4 (alpha). */
const greyTypes = [0, 4];

function pngHeader(file: Buffer): ImageHeader {
  if (file.length < 33 || file.toString('latin1', 12, 16) !== 'IHDR') throw new NotAnImage('the PNG is damaged: expected its header, received something else; upload it again');
  const [width, height, bits, colour] = [file.readUInt32BE(16), file.readUInt32BE(20), file.readUInt8(24), file.readUInt8(25)];
  if (bits === 16) throw new NotAnImage('expected a PNG of 8 bits a channel, received one of 16, of which programs disagree how they become 8; save it with 8, or the numbers as an .npz');
  return { kind: 'PNG', width, height, grey: greyTypes.includes(colour) };
}

function jpegHeader(file: Buffer): ImageHeader {
  const { at, marker } = frameOf(file);
  if (marker === undefined || at + 8 > file.length) throw new NotAnImage('the JPEG is cut short or damaged: expected the size of the image, found none; upload it again');
  const [bits, height, width, components] = [file.readUInt8(at), file.readUInt16BE(at + 1), file.readUInt16BE(at + 3), file.readUInt8(at + 5)];
  if (bits !== 8) throw new NotAnImage(`expected a JPEG of 8 bits a channel, received one of ${bits}; save it with 8`);
  if (components === 4) throw new NotAnImage('expected a JPEG of grey or of red, green and blue, received one for print (CMYK); convert it to RGB');
  return { kind: 'JPEG', width, height, grey: components === 1 };
}

/** Where the frame of a JPEG is described, behind the segment's length; no marker where there is none before the data. */
function frameOf(file: Buffer): { at: number; marker: number | undefined } {
  let at = 2;
  while (at + 4 <= file.length) {
    const marker = file.readUInt8(at + 1);
    if (file[at] !== 0xff || marker === 0xff) at += 1; // bytes between segments are skipped, as decoders do
    else if (marker === 0 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2; // these have no length
    else if (marker === 0xda || marker === 0xd9) break;
    else if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return { at: at + 4, marker };
    else at += 2 + file.readUInt16BE(at + 2);
  }
  return { at, marker: undefined };
}
