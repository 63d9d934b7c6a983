import { bytesOf, bytesPerElement, sizeOf, viewBytes, type DType, type NdArray } from '@trainyard/ndarray';
import { FormatError } from '../format-error.js';
import type { ModelFile, WeightsFile } from './weights-file.js';

/**
 * How the child process hands over what it read: the length of a JSON header (4 bytes, little-endian), the header,
 * then the bytes of all arrays one after the other. Plain data on purpose: the parent runs nothing that the child sends.
 */

const DTYPES: readonly DType[] = ['float32', 'float64', 'int32', 'int64', 'uint8', 'bool'];

type File = WeightsFile | ModelFile;
type Header = { file: File } | { error: { code: string; pointer: string; problem: string } };

export function packFile(file: File): Uint8Array[] {
  const arrays = arraysOf(file).map(({ array: { data } }) => bytesOf(data));
  return [header({ file }), ...arrays];
}

export function packError({ code, pointer, problem }: FormatError): Uint8Array[] {
  return [header({ error: { code, pointer, problem } })];
}

/** @throws the child's FormatError; an Error where the answer is not whole. */
export function unpack(answer: Buffer): File {
  const start = answer.length < 4 ? Infinity : 4 + answer.readUInt32LE(0);
  if (start > answer.length) throw new Error(`the reading process answered ${answer.length} bytes, which is no whole answer`);
  const content = JSON.parse(answer.toString('utf8', 4, start)) as Header;
  if ('error' in content) throw new FormatError(content.error.code, content.error.pointer, content.error.problem);
  let at = start;
  for (const holder of arraysOf(content.file)) {
    const { dtype, shape } = holder.array;
    if (!DTYPES.includes(dtype) || !shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0)) throw new Error('the reading process answered an array without a proper dtype or shape');
    const end = at + sizeOf(shape) * bytesPerElement(dtype);
    if (end > answer.length) throw new Error('the reading process answered fewer bytes than its arrays have');
    holder.array = { dtype, shape, data: viewBytes(dtype, answer.subarray(at, end)) };
    at = end;
  }
  return content.file;
}

function header(content: Header): Uint8Array {
  const text = Buffer.from(JSON.stringify(content, (_key, value: unknown) => (ArrayBuffer.isView(value) ? undefined : value)));
  const bytes = Buffer.alloc(4 + text.length);
  bytes.writeUInt32LE(text.length);
  text.copy(bytes, 4);
  return bytes;
}

/** All arrays of a file in an order that depends on its structure only. */
function arraysOf(file: File): { array: NdArray }[] {
  const layers = file.layers.flatMap(({ weights }) => weights);
  if (!('modelConfig' in file)) return layers;
  return [...layers, ...file.optimizerWeights, ...Object.values(file.extra ?? {}).flatMap(({ arrays }) => arrays)];
}
