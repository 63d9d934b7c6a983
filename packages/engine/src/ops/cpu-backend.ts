import type * as tf from '@tensorflow/tfjs-core';

/** What our kernels need of tfjs's `cpu` backend. */
export interface CpuBackend extends tf.KernelBackend {
  readSync(dataId: tf.DataId): Float32Array | Int32Array;
  makeTensorInfo(shape: readonly number[], dtype: tf.DataType, values: Float32Array): tf.TensorInfo;
}

/** The values of a kernel's input. */
export function valuesOf(cpu: CpuBackend, input: tf.TensorInfo): Float32Array {
  return cpu.readSync(input.dataId) as Float32Array;
}
