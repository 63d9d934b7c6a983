import type { NativeLibrary, Pointer, TfOutput } from './native.js';

/** TF_Function (c_api.h): a graph as a function that operations of another graph call. */
export interface FunctionFunctions {
  graphToFunction(
    body: Pointer,
    name: string,
    appendHash: number,
    operationCount: number,
    operations: null,
    inputCount: number,
    inputs: readonly TfOutput[],
    outputCount: number,
    outputs: readonly TfOutput[],
    outputNames: null,
    options: null,
    description: null,
    status: Pointer,
  ): Pointer | null;
  /** `proto`: an AttrValue. */
  functionSetAttrValueProto(fn: Pointer, name: string, proto: Uint8Array, length: number, status: Pointer): void;
  deleteFunction(fn: Pointer): void;
  /** The graph keeps a copy of its own. */
  graphCopyFunction(graph: Pointer, fn: Pointer, gradient: null, status: Pointer): void;
  setAttrFuncName(description: Pointer, name: string, value: Uint8Array, length: number): void;
}

export function functionFunctions({ declare }: NativeLibrary): FunctionFunctions {
  return {
    graphToFunction: declare(
      'void* TF_GraphToFunction(void*, const char*, uint8_t, int, const void*, int, const TF_Output*, int, const TF_Output*, const void*, const void*, const char*, void*)',
    ),
    functionSetAttrValueProto: declare('void TF_FunctionSetAttrValueProto(void*, const char*, const void*, size_t, void*)'),
    deleteFunction: declare('void TF_DeleteFunction(void*)'),
    graphCopyFunction: declare('void TF_GraphCopyFunction(void*, void*, const void*, void*)'),
    setAttrFuncName: declare('void TF_SetAttrFuncName(void*, const char*, const void*, size_t)'),
  };
}
