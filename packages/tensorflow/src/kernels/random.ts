import { tensor1d, type TensorInfo } from '@tensorflow/tfjs-core';

import { TfAttrType } from '../eager/binding-constants.js';
import type { NodeJSKernelBackend } from '../eager/node-backend.js';
import { isTracing, nodeOfTensor, tensorOfNode, tracingBindingOf } from '../graph/backend-internals.js';
import { only } from '../graph/graph.js';
import type { TfOutput } from '../library/native.js';
import { TfDType } from '../tensors/dtypes.js';
import type { Kernel } from './kernel.js';

/**
 * Random numbers as a pure function of `seed` (int32, shape [2]) and `shape`: Philox, the same on every run and machine.
 */
function stateless(kernelName: string, op: string): Kernel<{ seed: TensorInfo }, { shape: number[] }> {
  return {
    kernelName,
    kernelFunc: ({ inputs: { seed }, attrs: { shape }, backend }) => {
      if (isTracing(backend) && tracingBindingOf(backend).trace.xla) return tensorOfNode(backend, op, drawBefore(backend, op, seed, shape));
      const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = backend.binding;
      const dims = tensor1d(shape, 'int32');
      const values = backend.executeSingleOutput(
        op,
        [
          { name: 'dtype', type: TF_ATTR_TYPE, value: TF_FLOAT },
          { name: 'T', type: TF_ATTR_TYPE, value: TF_INT32 },
          { name: 'Tseed', type: TF_ATTR_TYPE, value: TF_INT32 },
        ],
        [dims, seed],
      );
      dims.dispose();
      return values;
    },
  };
}

/** XLA makes other numbers of the same seed: so they are drawn before the function that it compiles, which is given them. */
function drawBefore(backend: NodeJSKernelBackend, op: string, seed: TensorInfo, shape: readonly number[]): TfOutput {
  const { trace } = tracingBindingOf(backend);
  const source = trace.sourceOf(nodeOfTensor(backend, seed));
  if (!trace.caller || !source) throw new Error(`${op}: within a step that XLA compiles, expected a seed that is computed from what the step is fed`);
  const drawn = trace.caller.trace.add({
    type: op,
    inputs: [trace.caller.trace.integers(shape), source],
    attributes: [{ name: 'dtype', type: TfAttrType.TYPE, value: TfDType.FLOAT }],
  });
  return trace.caller.pass(only(drawn));
}

/** Uniform in [0, 1). */
export const statelessRandomUniform = stateless('StatelessRandomUniform', 'StatelessRandomUniform');
/** Normal with mean 0 and standard deviation 1. */
export const statelessRandomNormal = stateless('StatelessRandomNormal', 'StatelessRandomNormal');
/** The same, drawn again beyond two standard deviations. */
export const statelessTruncatedNormal = stateless('StatelessTruncatedNormal', 'StatelessTruncatedNormal');
