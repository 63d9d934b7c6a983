import { copyBytes, type Pointer } from './native.js';
import type { TensorFlow } from './tensorflow.js';

/** offsetof(TF_Buffer, length), after `const void* data`. */
const HEADER_BYTES = 16;

/** A copy of what a TF_Buffer holds, which is then deleted. */
export function readBuffer({ api }: TensorFlow, buffer: Pointer): Uint8Array {
  try {
    const [data = 0n, length = 0n] = new BigUint64Array(copyBytes(buffer, HEADER_BYTES).buffer);
    return copyBytes(data, Number(length));
  } finally {
    api.deleteBuffer(buffer);
  }
}
