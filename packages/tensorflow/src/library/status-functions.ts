import type { NativeLibrary, Pointer } from './native.js';

/** TF_Status (tf_status.h) and TF_Buffer (tf_buffer.h). */
export interface StatusFunctions {
  version(): string;
  newStatus(): Pointer;
  deleteStatus(status: Pointer): void;
  getCode(status: Pointer): number;
  message(status: Pointer): string;
  newBuffer(): Pointer;
  deleteBuffer(buffer: Pointer): void;
}

export function statusFunctions({ declare }: NativeLibrary): StatusFunctions {
  return {
    version: declare('const char* TF_Version()'),
    newStatus: declare('void* TF_NewStatus()'),
    deleteStatus: declare('void TF_DeleteStatus(void*)'),
    getCode: declare('int TF_GetCode(const void*)'),
    message: declare('const char* TF_Message(const void*)'),
    newBuffer: declare('void* TF_NewBuffer()'),
    deleteBuffer: declare('void TF_DeleteBuffer(void*)'),
  };
}
