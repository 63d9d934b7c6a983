import * as tf from '@tensorflow/tfjs-core';

import { avgPoolGrad, type PooledAxis } from './cpu-avg-pool-grad.js';
import { type CpuBackend, valuesOf } from './cpu-backend.js';
import { resizeNearestNeighborGrad } from './cpu-resize-grad.js';

interface PoolAttributes {
  readonly filterSize: number[];
  readonly strides: number[];
  readonly pad: 'valid' | 'same';
}

function replace(kernelName: string, kernelFunc: (inputs: Record<string, tf.TensorInfo>, attributes: tf.NamedAttrMap, cpu: CpuBackend) => tf.TensorInfo): void {
  tf.unregisterKernel(kernelName, 'cpu');
  tf.registerKernel({
    kernelName,
    backendName: 'cpu',
    kernelFunc: ({ inputs, attrs, backend }) => kernelFunc(inputs as Record<string, tf.TensorInfo>, attrs ?? {}, backend as CpuBackend),
  });
}

/** Where the windows lie, from the shapes: x is [batch, …axes, channels]. */
function pooledAxes(input: tf.TensorInfo, dy: tf.TensorInfo, { filterSize, strides, pad }: PoolAttributes): PooledAxis[] {
  return filterSize.map((size, i) => {
    const [inputLength = 0, outputLength = 0, stride = 1] = [input.shape[i + 1], dy.shape[i + 1], strides[i]];
    const padding = pad === 'same' ? Math.max(0, (outputLength - 1) * stride + size - inputLength) : 0;
    return { inputLength, outputLength, size, stride, before: Math.floor(padding / 2) };
  });
}

/** Replaces the kernels of tfjs's `cpu` backend that are not the gradients of its forward kernels. */
export function correctCpuKernels(): void {
  for (const kernelName of ['AvgPoolGrad', 'AvgPool3DGrad'])
    replace(kernelName, (inputs, attributes, cpu) => {
      const [dy, input] = [inputs['dy'], inputs['input']] as [tf.TensorInfo, tf.TensorInfo];
      const axes = pooledAxes(input, dy, attributes as unknown as PoolAttributes);
      const dx = avgPoolGrad(valuesOf(cpu, dy), input.shape[0] ?? 1, input.shape.at(-1) ?? 1, axes);
      return cpu.makeTensorInfo(input.shape, 'float32', dx);
    });
  replace('ResizeNearestNeighborGrad', (inputs, _attributes, cpu) => {
    const [dy, images] = [inputs['dy'], inputs['images']] as [tf.TensorInfo, tf.TensorInfo];
    const [, height = 1, width = 1] = images.shape;
    const dx = resizeNearestNeighborGrad(valuesOf(cpu, dy), dy.shape as [number, number, number, number], height, width);
    return cpu.makeTensorInfo(images.shape, 'float32', dx);
  });
}
