import type { AsyncFunction, Bytes, NativeLibrary, Pointer } from './native.js';

/** TF_Session, TF_SessionOptions and TF_DeviceList (c_api.h). */
export interface SessionFunctions {
  newSessionOptions(): Pointer;
  deleteSessionOptions(options: Pointer): void;
  setConfig(options: Pointer, proto: Bytes, length: number, status: Pointer): void;
  newSession(graph: Pointer, options: Pointer, status: Pointer): Pointer | null;
  closeSession(session: Pointer, status: Pointer): void;
  deleteSession(session: Pointer, status: Pointer): void;
  /** Every array is native memory: it must stay where it is while another thread runs the step. */
  sessionRun: AsyncFunction<
    [
      session: Pointer,
      /** TF_Buffer of a RunOptions. */
      runOptions: Pointer | null,
      inputs: Pointer,
      inputValues: Pointer,
      inputCount: number,
      outputs: Pointer,
      outputValues: Pointer,
      outputCount: number,
      targets: Pointer,
      targetCount: number,
      /** An empty TF_Buffer, which gets a RunMetadata. */
      runMetadata: Pointer | null,
      status: Pointer,
    ]
  >;
  sessionListDevices(session: Pointer, status: Pointer): Pointer | null;
  deleteDeviceList(list: Pointer): void;
  deviceListCount(list: Pointer): number;
  deviceListName(list: Pointer, index: number, status: Pointer): string;
  deviceListType(list: Pointer, index: number, status: Pointer): string;
  deviceListMemoryBytes(list: Pointer, index: number, status: Pointer): number;
}

export function sessionFunctions({ declare }: NativeLibrary): SessionFunctions {
  return {
    newSessionOptions: declare('void* TF_NewSessionOptions()'),
    deleteSessionOptions: declare('void TF_DeleteSessionOptions(void*)'),
    setConfig: declare('void TF_SetConfig(void*, const void*, size_t, void*)'),
    newSession: declare('void* TF_NewSession(void*, const void*, void*)'),
    closeSession: declare('void TF_CloseSession(void*, void*)'),
    deleteSession: declare('void TF_DeleteSession(void*, void*)'),
    sessionRun: declare(
      'void TF_SessionRun(void*, const void*, const void*, const void*, int, const void*, void*, int, const void*, int, void*, void*)',
    ),
    sessionListDevices: declare('void* TF_SessionListDevices(void*, void*)'),
    deleteDeviceList: declare('void TF_DeleteDeviceList(void*)'),
    deviceListCount: declare('int TF_DeviceListCount(const void*)'),
    deviceListName: declare('const char* TF_DeviceListName(const void*, int, void*)'),
    deviceListType: declare('const char* TF_DeviceListType(const void*, int, void*)'),
    deviceListMemoryBytes: declare('int64_t TF_DeviceListMemoryBytes(const void*, int, void*)'),
  };
}
