import sharp from 'sharp';
import { readDigits } from '../digits/read-digits.mjs';

const side = 8;
const brightest = 16;
const trainImages = 1440;

/**
 * The digits as PNG files of 8 × 8 grey pixels, one folder a digit: `train/3/0042.png`.
 *
 * @returns {Promise<Map<string, Uint8Array>>} files by name
 */
export async function makeData() {
  const { x, y } = await readDigits();
  const files = new Map();
  for (let row = 0; row < x.shape[0]; row++) {
    const pixels = Uint8Array.from(x.data.subarray(row * side * side, (row + 1) * side * side), (grey) => Math.round((grey * 255) / brightest));
    const name = `${row < trainImages ? 'train' : 'validation'}/${y.data[row]}/${String(row).padStart(4, '0')}.png`;
    files.set(name, await sharp(pixels, { raw: { width: side, height: side, channels: 1 } }).toColourspace('b-w').png().toBuffer());
  }
  return files;
}

/** Some of the images, as a predict call with `raw` takes them: the files. */
export const rawRows = (files, count) => [...files.values()].slice(0, count).map((png) => ({ b64: png.toString('base64') }));
