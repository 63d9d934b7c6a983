import { scalar } from '@tensorflow/tfjs-core';

import type { Kernel } from './kernel.js';

/** A number that TensorFlow's graph optimizer does not take for a constant: a placeholder's default value. */
export const unfoldedScalar: Kernel<Record<string, never>, { value: number }> = {
  kernelName: 'UnfoldedScalar',
  kernelFunc: ({ attrs: { value }, backend }) => {
    const { TF_ATTR_SHAPE, TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
    const number = scalar(value, 'float32');
    const attributes = [
      { name: 'dtype', type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: 'shape', type: TF_ATTR_SHAPE, value: [] },
    ];
    const answer = backend.executeSingleOutput('PlaceholderWithDefault', attributes, [number]);
    number.dispose();
    return answer;
  },
};
