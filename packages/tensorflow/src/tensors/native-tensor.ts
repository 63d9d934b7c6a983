import { allocate, bytesPerElement, sizeOf, type DType, type NdArray } from '@trainyard/ndarray';

import { cLibrary, type Bytes, type Pointer } from '../library/native.js';
import { NativeHandle } from '../library/native-handle.js';
import type { TensorFlow } from '../library/tensorflow.js';
import { dtypeOf, tfDTypeOf } from './dtypes.js';

const { memcpy } = cLibrary();

/** A TF_Tensor that this package owns. */
export class NativeTensor extends NativeHandle {
  constructor(tensorflow: TensorFlow, pointer: Pointer) {
    super(tensorflow.live, 'tensor', pointer, (tensor) => tensorflow.api.deleteTensor(tensor));
  }
}

/**
 * An uninitialised TF_Tensor, as a bare pointer: whoever asks keeps count (`live`) and deletes it.
 * @param shape Its dimensions.
 * @param bytes The size of its buffer.
 */
export function allocateTensor(tensorflow: TensorFlow, tfDType: number, shape: readonly number[], bytes: number): Pointer {
  const pointer = tensorflow.api.allocateTensor(tfDType, BigInt64Array.from(shape, BigInt), shape.length, bytes);
  if (!pointer) throw new RangeError(`cannot allocate a tensor of shape [${shape.join(', ')}], ${bytes} bytes`);
  return pointer;
}

/** A TF_Tensor with a copy of `bytes`. */
export function tensorFromBytes(tensorflow: TensorFlow, tfDType: number, shape: readonly number[], bytes: ArrayBufferView): NativeTensor {
  const tensor = new NativeTensor(tensorflow, allocateTensor(tensorflow, tfDType, shape, bytes.byteLength));
  if (bytes.byteLength > 0) memcpy(tensorflow.api.tensorData(tensor.pointer), bytes as Bytes, bytes.byteLength);
  return tensor;
}

/** A TF_Tensor with a copy of the array's elements. */
export function tensorFromArray(tensorflow: TensorFlow, array: NdArray): NativeTensor {
  return tensorFromBytes(tensorflow, tfDTypeOf[array.dtype], array.shape, array.data);
}

/** The dimensions of a TF_Tensor. */
export function shapeOfTensor({ api }: TensorFlow, tensor: Pointer): number[] {
  return Array.from({ length: api.numDims(tensor) }, (_, axis) => Number(api.dim(tensor, axis)));
}

/**
 * A copy of a TF_Tensor.
 * @throws TypeError when its dtype is none of ours.
 */
export function arrayFromTensor(tensorflow: TensorFlow, tensor: Pointer): NdArray {
  const { api } = tensorflow;
  const dtype = dtypeOf(api.tensorType(tensor));
  if (!dtype) throw new TypeError(`expected a tensor of numbers or booleans, received TensorFlow's dtype ${api.tensorType(tensor)}`);
  return copyTensor(tensorflow, tensor, dtype, shapeOfTensor(tensorflow, tensor));
}

/** A copy of a TF_Tensor whose dtype and shape are known. */
export function copyTensor({ api }: TensorFlow, tensor: Pointer, dtype: DType, shape: readonly number[]): NdArray {
  const length = sizeOf(shape);
  const data = allocate(dtype, length);
  if (length > 0) memcpy(data as Bytes, api.tensorData(tensor), length * bytesPerElement(dtype));
  return { dtype, shape, data };
}
