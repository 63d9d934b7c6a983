import * as tf from '@tensorflow/tfjs-core';

import type { TensorFlowConfig } from '../config/config-proto.js';
import { asTfjsBinding, EagerBinding } from '../eager/eager-binding.js';
import { EAGER_BACKEND, GRAPH_BACKEND, NodeJSKernelBackend, PACKAGE_NAME } from '../eager/node-backend.js';
import { registerKernels } from '../kernels/register.js';
import type { TfOutput } from '../library/native.js';
import type { TensorFlow } from '../library/tensorflow.js';
import { nodeOfTensor, tensorOfNode } from './backend-internals.js';
import { inScope } from './in-scope.js';
import type { Trace } from './trace.js';
import { TracingBinding } from './tracing-binding.js';

/** tfjs's two TensorFlow backends of this process: `tensorflow`, eager, and `tensorflow-graph`, which traces. */
export class TfjsBackends {
  readonly eager: EagerBinding;
  readonly #tracing = new TracingBinding();
  readonly #kept: tf.Tensor[] = [];

  constructor(tensorflow: TensorFlow) {
    this.eager = new EagerBinding(tensorflow);
    const eager = asTfjsBinding(this.eager);
    const tracing = asTfjsBinding(this.#tracing);
    tf.copyRegisteredKernels(EAGER_BACKEND, GRAPH_BACKEND);
    registerKernels();
    tf.registerBackend(EAGER_BACKEND, () => new NodeJSKernelBackend(eager, PACKAGE_NAME), 3);
    // Priority 0: tfjs never chooses it by itself.
    tf.registerBackend(GRAPH_BACKEND, () => new NodeJSKernelBackend(tracing, PACKAGE_NAME), 0);
  }

  /**
   * Runs `body` with every tfjs op recorded into `trace`, and every tensor that it made disposed of afterwards. tfjs's own
   * backend is the same before and after.
   */
  trace<T>(trace: Trace, body: () => T): T {
    this.#tracing.refuseNested();
    // Chooses the default backend where nobody has yet, so that there is one to go back to.
    tf.backend();
    const previous = tf.getBackend();
    useBackend(GRAPH_BACKEND);
    try {
      return this.#tracing.record(trace, () => inScope(body));
    } finally {
      for (const tensor of this.#kept.splice(0)) tensor.dispose();
      useBackend(previous);
    }
  }

  /** Records what `body` executes into `trace`, a function of the one that is being recorded. */
  traceInside<T>(trace: Trace, body: () => T): T {
    return this.#tracing.recordInside(trace, () => inScope(body));
  }

  /** The tfjs tensor of a node of the current trace. Kept until the trace ends, whatever `tidy` it was asked for in. */
  tensorOf(type: string, output: TfOutput): tf.Tensor {
    const tensor = tf.keep(tensorOfNode(this.#backend(), type, output));
    this.#kept.push(tensor);
    return tensor;
  }

  /** The node of the current trace that computes a tensor. */
  outputOf(tensor: tf.Tensor): TfOutput {
    return nodeOfTensor(this.#backend(), tensor);
  }

  #backend(): NodeJSKernelBackend {
    return tf.backend() as unknown as NodeJSKernelBackend;
  }
}

/** Sets tfjs's backend now. `setBackend` answers a promise, but backends made synchronously are set when it returns. */
function useBackend(name: string): void {
  void tf.setBackend(name);
  if (tf.getBackend() !== name) throw new Error(`tfjs: expected the backend ${name}, it has ${tf.getBackend()}`);
}

let backends: TfjsBackends | undefined;

/**
 * The process's two tfjs backends, registered by the first call. The eager context, once it is needed, is made with the
 * `config` of the latest one.
 */
export function tfjsBackends(tensorflow: TensorFlow, config: TensorFlowConfig): TfjsBackends {
  backends ??= new TfjsBackends(tensorflow);
  backends.eager.configure(config);
  return backends;
}
