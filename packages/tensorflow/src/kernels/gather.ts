import { backend_util, scalar, type TensorInfo } from '@tensorflow/tfjs-core';

import type { Kernel } from './kernel.js';

/**
 * `tf.gather` without tfjs-node's check of every index on the host, which a trace cannot do. TensorFlow checks them on CPU
 * and answers zeros on GPU, so whoever feeds indices checks their range first.
 */
export const gatherV2: Kernel<{ x: TensorInfo; indices: TensorInfo }, { axis: number; batchDims: number }> = {
  kernelName: 'GatherV2',
  kernelFunc: ({ inputs: { x, indices }, attrs: { axis, batchDims }, backend }) => {
    const { TF_ATTR_INT, TF_ATTR_TYPE, TF_INT32 } = backend.binding;
    backend_util.segment_util.collectGatherOpShapeInfo(x, indices, axis, batchDims);
    const axisTensor = scalar(axis, 'int32');
    const gathered = backend.executeSingleOutput(
      'GatherV2',
      [
        { name: 'batch_dims', type: TF_ATTR_INT, value: batchDims },
        { name: 'Tparams', type: TF_ATTR_TYPE, value: backend.getDTypeInteger(x.dtype) },
        { name: 'Tindices', type: TF_ATTR_TYPE, value: backend.getDTypeInteger(indices.dtype) },
        { name: 'Taxis', type: TF_ATTR_TYPE, value: TF_INT32 },
      ],
      [x, indices, axisTensor],
    );
    axisTensor.dispose();
    return gathered;
  },
};
