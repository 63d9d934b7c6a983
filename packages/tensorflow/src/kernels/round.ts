import type { TensorInfo } from '@tensorflow/tfjs-core';

import type { Kernel } from './kernel.js';

/** `tf.round`. An int32 is round already; TensorFlow 2.21's kernel for it on CPU answers zeros. */
export const round: Kernel<{ x: TensorInfo }> = {
  kernelName: 'Round',
  kernelFunc: ({ inputs: { x }, backend }) => backend.executeSingleInput(x.dtype === 'int32' ? 'Identity' : 'Round', x),
};
