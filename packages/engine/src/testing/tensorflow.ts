import { createTensorFlowRuntime, findLibrary } from '@trainyard/tensorflow';

import type { Runtime } from '../runtime/runtime.js';

let runtime: Runtime | undefined;

/** The process's libtensorflow: tests of the engine compare it with the oracle. */
export function tensorflow(): Runtime {
  runtime ??= createTensorFlowRuntime({ library: findLibrary(process.env) });
  return runtime;
}
