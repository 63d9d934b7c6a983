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
 * @throws NpyError where it is cut short, no .npy, or of a dtype that is not read (object, text, …).
 */
export function parseNpyHeader(bytes: Uint8Array, place = 'the npy file'): NpyHeader {
  const dataOffset = npyHeaderBytes(bytes, place);
  if (bytes.length < dataOffset) throw new NpyError(place, `the header needs ${dataOffset} bytes, the file ends after ${bytes.length}`);
  const major = bytes[6] ?? 1;
  const text = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(major === 1 ? 10 : 12, dataOffset));
  const { descr, fortranOrder, shape } = parseDict(text, place);
  const layout = elementLayout(descr, place);
  const dataBytes = sizeOf(shape) * layout.bytes;
  if (!Number.isSafeInteger(dataBytes)) throw new NpyError(place, `expected a shape that memory can hold, received (${shape.join(', ')})`);
  return { descr, layout, shape, fortranOrder, dataOffset, dataBytes };
}

/** The header's Python dict literal, by the grammar of what numpy writes: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`. */
function parseDict(text: string, place: string): { descr: string; fortranOrder: boolean; shape: number[] } {
  const descr = /'descr':\s*(?:'([^']*)'|(\[.*\]))/s.exec(text);
  const order = /'fortran_order':\s*(True|False)/.exec(text);
  const shape = /'shape':\s*\(((?:\s*\d+L?\s*,)*(?:\s*\d+L?)?\s*)\)/.exec(text);
  if (!descr || !order || !shape) throw new NpyError(place, `expected a header with descr, fortran_order and shape, received ${JSON.stringify(text.slice(0, 120).trim())}`);
  const dimensions = (shape[1] ?? '').split(',').map((part) => part.trim().replace(/L$/, ''));
  // A list in place of the name is a structured dtype, which numpy's own names call V.
  return { descr: descr[1] ?? `V${descr[2]}`, fortranOrder: order[1] === 'True', shape: dimensions.filter((part) => part !== '').map(Number) };
}
