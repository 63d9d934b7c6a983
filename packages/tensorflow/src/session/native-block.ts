import { allocateNative, cLibrary, freeNative, TF_OUTPUT_BYTES, type Pointer, type TfOutput } from '../library/native.js';
import { NativeHandle } from '../library/native-handle.js';
import type { TensorFlow } from '../library/tensorflow.js';

/** Native memory that stays where it is, for arrays that TensorFlow reads or writes on another thread. */
export class NativeBlock extends NativeHandle {
  constructor({ live }: TensorFlow, bytes: number) {
    super(live, 'memory', allocateNative(bytes), freeNative);
  }

  write(bytes: BigUint64Array | Uint8Array): void {
    if (bytes.byteLength > 0) cLibrary().memcpy(this.pointer, bytes, bytes.byteLength);
  }
}

/** An array of pointers. */
export function pointerBlock(tensorflow: TensorFlow, pointers: readonly Pointer[]): NativeBlock {
  const block = new NativeBlock(tensorflow, pointers.length * BigUint64Array.BYTES_PER_ELEMENT);
  block.write(BigUint64Array.from(pointers));
  return block;
}

/** An array of TF_Output. */
export function outputBlock(tensorflow: TensorFlow, outputs: readonly TfOutput[]): NativeBlock {
  const bytes = new Uint8Array(outputs.length * TF_OUTPUT_BYTES);
  const view = new DataView(bytes.buffer);
  outputs.forEach(({ oper, index }, position) => {
    view.setBigUint64(position * TF_OUTPUT_BYTES, oper, true);
    view.setInt32(position * TF_OUTPUT_BYTES + 8, index, true);
  });
  const block = new NativeBlock(tensorflow, bytes.length);
  block.write(bytes);
  return block;
}

/** A TF_Buffer { data, length, deallocator } that holds `bytes`, and the block that it points at. */
export function bufferOf(tensorflow: TensorFlow, bytes: Uint8Array): [buffer: NativeBlock, data: NativeBlock] {
  const data = new NativeBlock(tensorflow, bytes.length);
  data.write(bytes);
  const buffer = new NativeBlock(tensorflow, 3 * BigUint64Array.BYTES_PER_ELEMENT);
  buffer.write(BigUint64Array.of(data.pointer, BigInt(bytes.length), 0n));
  return [buffer, data];
}
