import type { Complaint } from './complaint.js';

/** Bytes in JSON, as TensorFlow Serving writes them. */
export interface Binary {
  readonly b64: string;
}

export function isBinary(value: unknown): value is Binary {
  return typeof value === 'object' && value !== null && 'b64' in value && typeof value.b64 === 'string' && Object.keys(value).length === 1;
}

export const binaryNoun = '{"b64": …}, bytes as base64';

/** @throws DataError that points to a value which is none */
export function bytesOf(value: unknown, row: number, { fault }: Complaint): Uint8Array {
  const bytes = isBinary(value) ? Buffer.from(value.b64, 'base64') : undefined;
  if (bytes === undefined || bytes.length === 0) throw fault(row, binaryNoun, value);
  return bytes;
}
