import { tensor1d, type TensorInfo } from '@tensorflow/tfjs-core';

import type { Kernel } from './kernel.js';

/**
 * Random numbers as a pure function of `seed` (int32, shape [2]) and `shape`: Philox, the same on every run and machine.
 */
function stateless(kernelName: string, op: string): Kernel<{ seed: TensorInfo }, { shape: number[] }> {
  return {
    kernelName,
    kernelFunc: ({ inputs: { seed }, attrs: { shape }, backend }) => {
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

/** Uniform in [0, 1). */
export const statelessRandomUniform = stateless('StatelessRandomUniform', 'StatelessRandomUniform');
/** Normal with mean 0 and standard deviation 1. */
export const statelessRandomNormal = stateless('StatelessRandomNormal', 'StatelessRandomNormal');
/** The same, drawn again beyond two standard deviations. */
export const statelessTruncatedNormal = stateless('StatelessTruncatedNormal', 'StatelessTruncatedNormal');
