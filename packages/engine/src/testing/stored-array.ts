import { type NdArray, viewBytes } from '@trainyard/ndarray';

/** An array as reference data holds it. */
export interface StoredArray {
  readonly dtype: 'float32' | 'int32';
  readonly shape: number[];
  readonly b64: string;
}

export function storedArray({ dtype, shape, b64 }: StoredArray): NdArray {
  return { dtype, shape, data: viewBytes(dtype, new Uint8Array(Buffer.from(b64, 'base64'))) };
}
