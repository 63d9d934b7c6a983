export { encodeConfig, type GpuConfig, type GraphConfig, type TensorFlowConfig } from './config/config-proto.js';
export type { Device } from './config/device.js';
export { registerTensorFlowBackend } from './eager/register-backend.js';
export { findLibrary, LibraryNotFoundError, TENSORFLOW_VERSION } from './library/find-library.js';
export { type HandleKind, type LiveHandles } from './library/live-handles.js';
export { TensorFlowError, type TensorFlowErrorCode } from './library/tensorflow-error.js';
export type { TensorFlowProgram } from './runtime/program.js';
export { createTensorFlowRuntime, TensorFlowRuntime, type TensorFlowRuntimeOptions } from './runtime/tensorflow-runtime.js';
