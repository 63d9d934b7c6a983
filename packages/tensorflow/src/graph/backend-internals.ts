import type { Tensor, TensorInfo } from '@tensorflow/tfjs-core';

import type { TensorMetadata } from '../eager/eager-binding.js';
import type { NodeJSKernelBackend } from '../eager/node-backend.js';
import type { TfOutput } from '../library/native.js';
import { TracingBinding } from './tracing-binding.js';

/** What the tracer needs of tfjs-node's backend beyond its public face; the package is pinned to one exact version. */
interface BackendInternals {
  readonly binding: TracingBinding;
  createOutputTensor(metadata: TensorMetadata): Tensor;
  getInputTensorIds(tensors: readonly TensorInfo[]): number[];
}

function internals(backend: NodeJSKernelBackend): BackendInternals {
  return backend as unknown as BackendInternals;
}

/** Whether the backend traces; else it executes. */
export function isTracing(backend: NodeJSKernelBackend): boolean {
  return internals(backend).binding instanceof TracingBinding;
}

/** The binding of the backend that traces. */
export function tracingBindingOf(backend: NodeJSKernelBackend): TracingBinding {
  return internals(backend).binding;
}

/** The tfjs tensor of a node of the current trace. */
export function tensorOfNode(backend: NodeJSKernelBackend, type: string, output: TfOutput): Tensor {
  return internals(backend).createOutputTensor(tracingBindingOf(backend).register(type, output));
}

/** The node of the current trace that computes a tensor. */
export function nodeOfTensor(backend: NodeJSKernelBackend, tensor: TensorInfo): TfOutput {
  const [id] = internals(backend).getInputTensorIds([tensor]);
  if (id === undefined) throw new Error('tfjs has no id for a tensor');
  return tracingBindingOf(backend).outputOf(id);
}
