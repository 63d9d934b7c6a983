import type { Bytes, NativeLibrary, Pointer } from './native.js';

/** TFE_Context, TFE_Op and TFE_TensorHandle (eager/c_api.h). */
export interface EagerFunctions {
  newContextOptions(): Pointer;
  deleteContextOptions(options: Pointer): void;
  contextOptionsSetConfig(options: Pointer, proto: Bytes, length: number, status: Pointer): void;
  newContext(options: Pointer, status: Pointer): Pointer | null;
  deleteContext(context: Pointer): void;
  contextListDevices(context: Pointer, status: Pointer): Pointer | null;
  newOp(context: Pointer, name: string, status: Pointer): Pointer | null;
  deleteOp(op: Pointer): void;
  opAddInput(op: Pointer, handle: Pointer, status: Pointer): void;
  opSetAttrString(op: Pointer, name: string, value: Bytes, length: number): void;
  opSetAttrInt(op: Pointer, name: string, value: number): void;
  opSetAttrIntList(op: Pointer, name: string, values: BigInt64Array, count: number): void;
  opSetAttrFloat(op: Pointer, name: string, value: number): void;
  opSetAttrFloatList(op: Pointer, name: string, values: Float32Array, count: number): void;
  opSetAttrBool(op: Pointer, name: string, value: number): void;
  opSetAttrBoolList(op: Pointer, name: string, values: Uint8Array, count: number): void;
  opSetAttrType(op: Pointer, name: string, value: number): void;
  opSetAttrTypeList(op: Pointer, name: string, values: Int32Array, count: number): void;
  opSetAttrShape(op: Pointer, name: string, dims: BigInt64Array, rank: number, status: Pointer): void;
  execute(op: Pointer, outputs: BigUint64Array, count: Int32Array, status: Pointer): void;
  /** A TF_Tensor whose elements TensorFlow constructs and destroys: the only way to make strings that do not leak. */
  allocateHostTensor(context: Pointer, dtype: number, dims: BigInt64Array, rank: number, status: Pointer): Pointer | null;
  newTensorHandle(tensor: Pointer, status: Pointer): Pointer | null;
  deleteTensorHandle(handle: Pointer): void;
  tensorHandleResolve(handle: Pointer, status: Pointer): Pointer | null;
  tensorHandleCopyToDevice(handle: Pointer, context: Pointer, device: string, status: Pointer): Pointer | null;
  tensorHandleDataType(handle: Pointer): number;
  tensorHandleNumDims(handle: Pointer, status: Pointer): number;
  tensorHandleDim(handle: Pointer, index: number, status: Pointer): number;
}

export function eagerFunctions({ declare }: NativeLibrary): EagerFunctions {
  return {
    newContextOptions: declare('void* TFE_NewContextOptions()'),
    deleteContextOptions: declare('void TFE_DeleteContextOptions(void*)'),
    contextOptionsSetConfig: declare('void TFE_ContextOptionsSetConfig(void*, const void*, size_t, void*)'),
    newContext: declare('void* TFE_NewContext(const void*, void*)'),
    deleteContext: declare('void TFE_DeleteContext(void*)'),
    contextListDevices: declare('void* TFE_ContextListDevices(void*, void*)'),
    newOp: declare('void* TFE_NewOp(void*, const char*, void*)'),
    deleteOp: declare('void TFE_DeleteOp(void*)'),
    opAddInput: declare('void TFE_OpAddInput(void*, void*, void*)'),
    opSetAttrString: declare('void TFE_OpSetAttrString(void*, const char*, const void*, size_t)'),
    opSetAttrInt: declare('void TFE_OpSetAttrInt(void*, const char*, int64_t)'),
    opSetAttrIntList: declare('void TFE_OpSetAttrIntList(void*, const char*, const int64_t*, int)'),
    opSetAttrFloat: declare('void TFE_OpSetAttrFloat(void*, const char*, float)'),
    opSetAttrFloatList: declare('void TFE_OpSetAttrFloatList(void*, const char*, const float*, int)'),
    opSetAttrBool: declare('void TFE_OpSetAttrBool(void*, const char*, uint8_t)'),
    opSetAttrBoolList: declare('void TFE_OpSetAttrBoolList(void*, const char*, const uint8_t*, int)'),
    opSetAttrType: declare('void TFE_OpSetAttrType(void*, const char*, int)'),
    opSetAttrTypeList: declare('void TFE_OpSetAttrTypeList(void*, const char*, const int*, int)'),
    opSetAttrShape: declare('void TFE_OpSetAttrShape(void*, const char*, const int64_t*, int, void*)'),
    execute: declare('void TFE_Execute(void*, void*, int*, void*)'),
    allocateHostTensor: declare('void* TFE_AllocateHostTensor(void*, int, const int64_t*, int, void*)'),
    newTensorHandle: declare('void* TFE_NewTensorHandle(const void*, void*)'),
    deleteTensorHandle: declare('void TFE_DeleteTensorHandle(void*)'),
    tensorHandleResolve: declare('void* TFE_TensorHandleResolve(void*, void*)'),
    tensorHandleCopyToDevice: declare('void* TFE_TensorHandleCopyToDevice(void*, void*, const char*, void*)'),
    tensorHandleDataType: declare('int TFE_TensorHandleDataType(void*)'),
    tensorHandleNumDims: declare('int TFE_TensorHandleNumDims(void*, void*)'),
    tensorHandleDim: declare('int64_t TFE_TensorHandleDim(void*, int, void*)'),
  };
}
