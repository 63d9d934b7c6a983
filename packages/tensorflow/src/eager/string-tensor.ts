import { sizeOf } from '@trainyard/ndarray';

import { copyBytes, type Pointer } from '../library/native.js';
import type { TensorFlow } from '../library/tensorflow.js';
import { TfDType } from '../tensors/dtypes.js';
import { NativeTensor } from '../tensors/native-tensor.js';

/** sizeof(TF_TString): a union of the small, large, offset and view layouts (ctstring_internal.h). */
const TSTRING_BYTES = 24n;

/**
 * A TF_Tensor of strings. TensorFlow itself destroys them with the last handle on the buffer: of a tensor of
 * `TF_AllocateTensor` it would free the buffer only and leak what long strings keep outside it.
 */
export function stringTensor(tensorflow: TensorFlow, context: Pointer, values: readonly Uint8Array[], shape: readonly number[]): NativeTensor {
  const { api } = tensorflow;
  if (values.length !== sizeOf(shape))
    throw new RangeError(`a tensor of shape [${shape.join(', ')}] holds ${sizeOf(shape)} strings, received ${values.length}`);
  const dims = BigInt64Array.from(shape, BigInt);
  const pointer = tensorflow.created('string tensor', (status) => api.allocateHostTensor(context, TfDType.STRING, dims, dims.length, status));
  const tensor = new NativeTensor(tensorflow, pointer);
  const first = api.tensorData(pointer);
  values.forEach((value, index) => api.stringCopy(first + BigInt(index) * TSTRING_BYTES, value, value.length));
  return tensor;
}

/** Copies of the strings of a TF_Tensor. */
export function readStrings({ api }: TensorFlow, tensor: Pointer): Uint8Array[] {
  const first = api.tensorData(tensor);
  return Array.from({ length: Number(api.elementCount(tensor)) }, (_, index) => {
    const string = first + BigInt(index) * TSTRING_BYTES;
    return copyBytes(api.stringData(string), Number(api.stringSize(string)));
  });
}
