import type { NativeLibrary, Pointer } from './native.js';

/** What the library says about itself (c_api.h, c_api_experimental.h). */
export interface OpFunctions {
  /** A TF_Buffer with the OpList proto of every registered op. */
  getAllOpList(): Pointer;
  /** Lets XLA compile clusters on the CPU; which sessions do is their `global_jit_level`. */
  setXlaCpuGlobalJit(on: number): void;
}

export function opFunctions({ declare }: NativeLibrary): OpFunctions {
  return {
    getAllOpList: declare('void* TF_GetAllOpList()'),
    setXlaCpuGlobalJit: declare('void TF_SetTfXlaCpuGlobalJit(unsigned char)'),
  };
}
