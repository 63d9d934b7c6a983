import { sizeOf } from '../ndarray.js';
import { elementLayout, type ElementLayout } from './descr.js';
import { NpyError } from './npy-error.js';

/** What stands before the elements of an .npy. */
export interface NpyHeader {
  /** numpy's name of the element type, such as `<f4`. */
  readonly descr: string;
  readonly layout: ElementLayout;
  readonly shape: readonly number[];
  readonly fortranOrder: boolean;
  /** Where the elements begin. */
  readonly dataOffset: number;
  /** Bytes of all the elements. */
  readonly dataBytes: number;
}

/** Enough bytes of an .npy to tell the length of its header. */
export const NPY_PREFIX_BYTES = 12;
/** numpy refuses longer ones too, unless told otherwise; genuine ones have 128 bytes. */
const MAX_HEADER_BYTES = 65_536;
const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

/** Bytes of the whole header, from its first `NPY_PREFIX_BYTES`: what a streaming reader has to have before it calls `parseNpyHeader`. */
export function npyHeaderBytes(prefix: Uint8Array, place = 'the npy file'): number {
  if (prefix.length < NPY_PREFIX_BYTES || MAGIC.some((byte, index) => prefix[index] !== byte))
    throw new NpyError(place, prefix.length < NPY_PREFIX_BYTES ? `expected an .npy header, received ${prefix.length} bytes in all` : 'expected an .npy (it begins with \\x93NUMPY), received something else');
  const major = prefix[6] ?? 0;
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  if (major < 1 || major > 3) throw new NpyError(place, `expected npy version 1.0, 2.0 or 3.0, received ${major}.${prefix[7]}`);
  const bytes = major === 1 ? 10 + view.getUint16(8, true) : 12 + view.getUint32(8, true);
  if (bytes > MAX_HEADER_BYTES) throw new NpyError(place, `expected a header of at most ${MAX_HEADER_BYTES} bytes, received one of ${bytes}`);
  return bytes;
}

/**
 * Reads the header of an .npy (numpy's format 1.0, 2.0, 3.0).
 *
 * @param bytes the file, or at least its first `npyHeaderBytes` bytes.
 * @param text whether texts are read too: arrays of numpy's `U` and `S`.
 * @throws NpyError where it is cut short, no .npy, or of a dtype that is not read (object, …).
 */
export function parseNpyHeader(bytes: Uint8Array, place = 'the npy file', { text = false }: { text?: boolean } = {}): NpyHeader {
  const dataOffset = npyHeaderBytes(bytes, place);
  if (bytes.length < dataOffset) throw new NpyError(place, `the header needs ${dataOffset} bytes, the file ends after ${bytes.length}`);
  const major = bytes[6] ?? 1;
  const dict = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(major === 1 ? 10 : 12, dataOffset));
  const { descr, fortranOrder, shape } = parseDict(dict, place);
  const layout = elementLayout(descr, place, { text });
  const dataBytes = sizeOf(shape) * layout.bytes;
  // A 0 among them hides no overflow of the others.
  if (!Number.isSafeInteger(sizeOf(shape.filter((dimension) => dimension > 0)) * layout.bytes)) throw new NpyError(place, `expected a shape that memory can hold, received (${shape.join(', ')})`);
  return { descr, layout, shape, fortranOrder, dataOffset, dataBytes };
}

/** numpy's own limit is 64. */
const MAX_DIMENSIONS = 64;

/** One member of the header's dict: a key, and the literal that numpy writes for it. */
const MEMBER = /\s*'(descr|fortran_order|shape)'\s*:\s*(?:'([^'\\]*)'|(\[.*\])|(True|False)|\(((?:\s*\d{1,17}L?\s*,)*(?:\s*\d{1,17}L?)?\s*)\))\s*/y;

/**
 * The header's Python dict literal, by the grammar of what numpy writes: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
 * Nothing else may stand in it: what is left over would be an expression, and other readers might see another array in it.
 */
function parseDict(text: string, place: string): { descr: string; fortranOrder: boolean; shape: number[] } {
  const members = readMembers(text);
  const [descr, order, shape] = ['descr', 'fortran_order', 'shape'].map((key) => members?.get(key));
  // A list in place of the name is a structured dtype, which numpy's own names call V.
  const name = descr?.text ?? (descr?.list === undefined ? undefined : `V${descr.list}`);
  if (name === undefined || order?.truth === undefined || shape?.dimensions === undefined)
    throw new NpyError(place, `expected a header with descr, fortran_order and shape and nothing else, received ${JSON.stringify(text.slice(0, 120).trim())}`);
  const dimensions = shape.dimensions.split(',').map((part) => part.trim().replace(/L$/, '')).filter((part) => part !== '').map(Number);
  if (dimensions.length > MAX_DIMENSIONS) throw new NpyError(place, `expected at most ${MAX_DIMENSIONS} dimensions, received ${dimensions.length}`);
  return { descr: name, fortranOrder: order.truth === 'True', shape: dimensions };
}

interface Literal {
  readonly text: string | undefined;
  readonly list: string | undefined;
  readonly truth: string | undefined;
  readonly dimensions: string | undefined;
}

/** The members of the dict; undefined where it is not one of them alone, each once. */
function readMembers(header: string): Map<string, Literal> | undefined {
  const inside = /^\{(.*)\}\s*$/s.exec(header)?.[1];
  if (inside === undefined) return undefined;
  const members = new Map<string, Literal>();
  MEMBER.lastIndex = 0;
  for (let end = 0; end < inside.length; ) {
    const found = MEMBER.exec(inside);
    if (!found) return undefined;
    const [whole, key = '', text, list, truth, dimensions] = found;
    if (members.has(key)) return undefined;
    members.set(key, { text, list, truth, dimensions });
    end += whole.length;
    if (inside[end] === ',') MEMBER.lastIndex = ++end;
    else if (end < inside.length) return undefined;
    if (inside.slice(end).trim() === '') break;
  }
  return members;
}
