import { allocate, viewBytes, type DType, type TypedArray } from '../dtype.js';
import { NpyError } from './npy-error.js';

/** An element type of numpy that is read, and the dtype that its elements get here: the narrowest that holds them all. */
interface ElementType {
  readonly bytes: number;
  readonly dtype: DType;
  /** Reads one element; absent where the bytes are those of `dtype`, little-endian. */
  readonly read?: (view: DataView, offset: number, littleEndian: boolean) => number;
}

const ELEMENTS: Readonly<Record<string, ElementType>> = {
  f8: { bytes: 8, dtype: 'float64' },
  f4: { bytes: 4, dtype: 'float32' },
  f2: { bytes: 2, dtype: 'float32', read: (view, offset, little) => halfToNumber(view.getUint16(offset, little)) },
  i8: { bytes: 8, dtype: 'int64' },
  i4: { bytes: 4, dtype: 'int32' },
  i2: { bytes: 2, dtype: 'int32', read: (view, offset, little) => view.getInt16(offset, little) },
  i1: { bytes: 1, dtype: 'int32', read: (view, offset) => view.getInt8(offset) },
  u4: { bytes: 4, dtype: 'int64', read: (view, offset, little) => view.getUint32(offset, little) },
  u2: { bytes: 2, dtype: 'int32', read: (view, offset, little) => view.getUint16(offset, little) },
  u1: { bytes: 1, dtype: 'uint8' },
  b1: { bytes: 1, dtype: 'bool' },
};

const REFUSED: Readonly<Record<string, string>> = {
  O: 'Python objects (their pickles run code when they are read); convert with .astype("float32") or another plain dtype before saving',
  S: 'byte strings; convert to numbers before saving',
  U: 'text; convert to numbers before saving',
  V: 'structured records; save each field as an array of its own',
  c: 'complex numbers; save the real and imaginary parts',
  M: 'dates; convert with .astype("int64") before saving',
  m: 'time spans; convert with .astype("int64") before saving',
  u: 'unsigned 64-bit integers; convert with .astype("int64") before saving',
};

/** How the elements of an .npy lie in the file. */
export interface ElementLayout {
  readonly dtype: DType;
  /** Bytes of one element in the file. */
  readonly bytes: number;
  readonly littleEndian: boolean;
  readonly read: ElementType['read'];
  /** Of texts, as far as they are asked for: numpy's `U` (four bytes a character) or `S` (bytes). `dtype` means nothing then. */
  readonly text?: 'U' | 'S';
}

/** Text of more characters is no word, and arrays have as much room for each. */
const MAX_TEXT_BYTES = 1024 * 1024;

/**
 * @param descr numpy's name of the dtype, such as `<f4`.
 * @param text whether texts are read too.
 * @throws NpyError naming a dtype that is not read.
 */
export function elementLayout(descr: string, place: string, { text = false }: { text?: boolean } = {}): ElementLayout {
  const match = /^([<>|=]?)([a-zA-Z])(\d*)/.exec(descr);
  if (text && match?.[0] === descr && (match[2] === 'U' || match[2] === 'S')) return textLayout(match[2], Number(match[3] || 0), match[1] !== '>', place);
  const element = match && match[0] === descr ? ELEMENTS[`${match[2]}${match[3]}`] : undefined;
  if (!element) {
    const reason = REFUSED[match?.[2] ?? ''] ?? 'a dtype that is not read';
    throw new NpyError(place, `expected one of ${Object.keys(ELEMENTS).join(', ')}, received dtype ${descr.slice(0, 80)}: ${reason}`);
  }
  return { dtype: element.dtype, bytes: element.bytes, littleEndian: match?.[1] !== '>', read: element.read };
}

/** `count` elements from the head of `bytes`; a view where the bytes already are what is asked for and lie aligned. */
export function readElements(layout: ElementLayout, bytes: Uint8Array, count: number): TypedArray {
  const source = bytes.subarray(0, count * layout.bytes);
  if (layout.read) {
    const out = allocate(layout.dtype, count);
    const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
    for (let i = 0; i < count; i++) {
      const value = layout.read(view, i * layout.bytes, layout.littleEndian);
      out[i] = out instanceof BigInt64Array ? BigInt(value) : value;
    }
    return out;
  }
  return viewBytes(layout.dtype, layout.littleEndian || layout.bytes === 1 ? source : swapped(source, layout.bytes));
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const copy = Buffer.from(bytes);
  if (size === 8) copy.swap64();
  else copy.swap32();
  return copy;
}

/** IEEE 754 half precision, by its definition: sign, 5 bits of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function textLayout(text: 'U' | 'S', length: number, littleEndian: boolean, place: string): ElementLayout {
  const bytes = length * (text === 'U' ? 4 : 1);
  if (bytes > MAX_TEXT_BYTES) throw new NpyError(place, `expected texts of at most ${MAX_TEXT_BYTES} bytes each, received room for ${bytes}`);
  return { dtype: 'uint8', bytes, littleEndian, read: undefined, text };
}

/**
 * `count` texts from the head of `bytes`, without the NULs that fill them up; those of `S` are UTF-8.
 * @throws NpyError where bytes are no text
 */
export function readTexts({ text, bytes: size, littleEndian }: ElementLayout, bytes: Uint8Array, count: number, place: string): string[] {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, i) => {
    try {
      return text === 'U' ? codePoints(view, i * size, size / 4, littleEndian) : decoder.decode(withoutNuls(bytes.subarray(i * size, (i + 1) * size)));
    } catch (error) {
      throw new NpyError(place, `expected ${text === 'U' ? 'Unicode' : 'UTF-8'} text, element ${i} of those that were read is none`, { cause: error });
    }
  });
}

function codePoints(view: DataView, start: number, length: number, littleEndian: boolean): string {
  let end = length;
  while (end > 0 && view.getUint32(start + (end - 1) * 4, littleEndian) === 0) end--;
  let text = '';
  for (let i = 0; i < end; i++) text += String.fromCodePoint(view.getUint32(start + i * 4, littleEndian));
  return text;
}

function withoutNuls(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}
