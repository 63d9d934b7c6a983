import type { Bytes, NativeLibrary, Pointer } from './native.js';

/** TF_Tensor (tf_tensor.h) and TF_TString (tf_tstring.h). */
export interface TensorFunctions {
  allocateTensor(dtype: number, dims: BigInt64Array, rank: number, bytes: number): Pointer | null;
  deleteTensor(tensor: Pointer): void;
  tensorData(tensor: Pointer): Pointer;
  tensorByteSize(tensor: Pointer): number;
  tensorType(tensor: Pointer): number;
  numDims(tensor: Pointer): number;
  dim(tensor: Pointer, index: number): number;
  elementCount(tensor: Pointer): number;
  /** The tensor itself while nobody else holds its buffer, else null. */
  tensorMaybeMove(tensor: Pointer): Pointer | null;
  stringCopy(string: Pointer, bytes: Bytes, length: number): void;
  stringData(string: Pointer): Pointer;
  stringSize(string: Pointer): number;
}

export function tensorFunctions({ declare }: NativeLibrary): TensorFunctions {
  return {
    allocateTensor: declare('void* TF_AllocateTensor(int, const int64_t*, int, size_t)'),
    deleteTensor: declare('void TF_DeleteTensor(void*)'),
    tensorData: declare('void* TF_TensorData(const void*)'),
    tensorByteSize: declare('size_t TF_TensorByteSize(const void*)'),
    tensorType: declare('int TF_TensorType(const void*)'),
    numDims: declare('int TF_NumDims(const void*)'),
    dim: declare('int64_t TF_Dim(const void*, int)'),
    elementCount: declare('int64_t TF_TensorElementCount(const void*)'),
    tensorMaybeMove: declare('void* TF_TensorMaybeMove(void*)'),
    stringCopy: declare('void TF_StringCopy(void*, const void*, size_t)'),
    stringData: declare('void* TF_StringGetDataPointer(const void*)'),
    stringSize: declare('size_t TF_StringGetSize(const void*)'),
  };
}
