import type { Bytes, NativeLibrary, Pointer, TfOutput } from './native.js';

/** TF_Graph and TF_OperationDescription (c_api.h): building a graph. */
export interface GraphFunctions {
  newGraph(): Pointer;
  deleteGraph(graph: Pointer): void;
  newOperation(graph: Pointer, type: string, name: string): Pointer;
  addInput(description: Pointer, input: TfOutput): void;
  addInputList(description: Pointer, inputs: readonly TfOutput[], count: number): void;
  addControlInput(description: Pointer, operation: Pointer): void;
  finishOperation(description: Pointer, status: Pointer): Pointer | null;
  setAttrString(description: Pointer, name: string, value: Bytes, length: number): void;
  setAttrInt(description: Pointer, name: string, value: number): void;
  setAttrIntList(description: Pointer, name: string, values: BigInt64Array, count: number): void;
  setAttrFloat(description: Pointer, name: string, value: number): void;
  setAttrFloatList(description: Pointer, name: string, values: Float32Array, count: number): void;
  setAttrBool(description: Pointer, name: string, value: number): void;
  setAttrBoolList(description: Pointer, name: string, values: Uint8Array, count: number): void;
  setAttrType(description: Pointer, name: string, value: number): void;
  setAttrTypeList(description: Pointer, name: string, values: Int32Array, count: number): void;
  setAttrShape(description: Pointer, name: string, dims: BigInt64Array, rank: number): void;
  setAttrTensor(description: Pointer, name: string, tensor: Pointer, status: Pointer): void;
  operationNumOutputs(operation: Pointer): number;
  operationOutputType(output: TfOutput): number;
  operationOutputNumConsumers(output: TfOutput): number;
  /** Writes an array of TF_Input, which is laid out as TF_Output. */
  operationOutputConsumers(output: TfOutput, consumers: Uint8Array, count: number): number;
  graphTensorNumDims(graph: Pointer, output: TfOutput, status: Pointer): number;
  graphTensorShape(graph: Pointer, output: TfOutput, dims: BigInt64Array, rank: number, status: Pointer): void;
  /** Writes a GraphDef into an empty TF_Buffer. */
  graphToGraphDef(graph: Pointer, buffer: Pointer, status: Pointer): void;
  graphSetTensorShape(graph: Pointer, output: TfOutput, dims: BigInt64Array, rank: number, status: Pointer): void;
}

export function graphFunctions({ declare }: NativeLibrary): GraphFunctions {
  return {
    newGraph: declare('void* TF_NewGraph()'),
    deleteGraph: declare('void TF_DeleteGraph(void*)'),
    newOperation: declare('void* TF_NewOperation(void*, const char*, const char*)'),
    addInput: declare('void TF_AddInput(void*, TF_Output)'),
    addInputList: declare('void TF_AddInputList(void*, const TF_Output*, int)'),
    addControlInput: declare('void TF_AddControlInput(void*, void*)'),
    finishOperation: declare('void* TF_FinishOperation(void*, void*)'),
    setAttrString: declare('void TF_SetAttrString(void*, const char*, const void*, size_t)'),
    setAttrInt: declare('void TF_SetAttrInt(void*, const char*, int64_t)'),
    setAttrIntList: declare('void TF_SetAttrIntList(void*, const char*, const int64_t*, int)'),
    setAttrFloat: declare('void TF_SetAttrFloat(void*, const char*, float)'),
    setAttrFloatList: declare('void TF_SetAttrFloatList(void*, const char*, const float*, int)'),
    setAttrBool: declare('void TF_SetAttrBool(void*, const char*, uint8_t)'),
    setAttrBoolList: declare('void TF_SetAttrBoolList(void*, const char*, const uint8_t*, int)'),
    setAttrType: declare('void TF_SetAttrType(void*, const char*, int)'),
    setAttrTypeList: declare('void TF_SetAttrTypeList(void*, const char*, const int*, int)'),
    setAttrShape: declare('void TF_SetAttrShape(void*, const char*, const int64_t*, int)'),
    setAttrTensor: declare('void TF_SetAttrTensor(void*, const char*, void*, void*)'),
    operationNumOutputs: declare('int TF_OperationNumOutputs(void*)'),
    operationOutputType: declare('int TF_OperationOutputType(TF_Output)'),
    operationOutputNumConsumers: declare('int TF_OperationOutputNumConsumers(TF_Output)'),
    operationOutputConsumers: declare('int TF_OperationOutputConsumers(TF_Output, void*, int)'),
    graphTensorNumDims: declare('int TF_GraphGetTensorNumDims(void*, TF_Output, void*)'),
    graphTensorShape: declare('void TF_GraphGetTensorShape(void*, TF_Output, int64_t*, int, void*)'),
    graphToGraphDef: declare('void TF_GraphToGraphDef(void*, void*, void*)'),
    graphSetTensorShape: declare('void TF_GraphSetTensorShape(void*, TF_Output, const int64_t*, int, void*)'),
  };
}
