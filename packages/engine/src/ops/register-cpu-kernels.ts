import * as tf from '@tensorflow/tfjs-core';

import { correctCpuKernels } from './correct-cpu-kernels.js';
import { type CpuBackend, valuesOf } from './cpu-backend.js';
import { orthogonalFactor } from './cpu-orthogonal-factor.js';
import { loopScan } from './cpu-scan.js';
import { RandomStream } from './random-stream.js';
import { kernels } from './kernels.js';
import type { ScanAttributes } from './scan.js';

function size(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

function registerRandom(kernelName: string, draw: (stream: RandomStream) => number): void {
  tf.registerKernel({
    kernelName,
    backendName: 'cpu',
    kernelFunc: ({ inputs, attrs, backend }) => {
      const cpu = backend as CpuBackend;
      const shape = (attrs as { shape?: number[] } | undefined)?.shape ?? [];
      const [first = 0, second = 0] = cpu.readSync((inputs['seed'] as tf.TensorInfo).dataId);
      const stream = new RandomStream(first, second);
      return cpu.makeTensorInfo(shape, 'float32', Float32Array.from({ length: size(shape) }, () => draw(stream)));
    },
  });
}

/** A gradient of dy and the op's output, element by element. */
function registerGradient(kernelName: string, gradient: (dy: number, y: number) => number): void {
  tf.registerKernel({
    kernelName,
    backendName: 'cpu',
    kernelFunc: ({ inputs, backend }) => {
      const cpu = backend as CpuBackend;
      const dy = inputs['dy'] as tf.TensorInfo;
      const y = cpu.readSync((inputs['y'] as tf.TensorInfo).dataId);
      return cpu.makeTensorInfo(dy.shape, 'float32', Float32Array.from(cpu.readSync(dy.dataId), (value, i) => gradient(value, y[i] ?? 0)));
    },
  });
}

function truncated(stream: RandomStream): number {
  for (;;) {
    const value = stream.normal();
    if (Math.abs(value) < 2) return value;
  }
}

let registered = false;

/** Registers the plainly written kernels for tfjs's `cpu` backend, once a process. */
export function registerCpuKernels(): void {
  if (registered) return;
  registered = true;
  correctCpuKernels();
  registerRandom(kernels.statelessRandomUniform, (stream) => stream.uniform());
  registerRandom(kernels.statelessRandomNormal, (stream) => stream.normal());
  registerRandom(kernels.statelessTruncatedNormal, truncated);
  registerGradient(kernels.reluGrad, (dy, y) => (y > 0 ? dy : 0));
  registerGradient(kernels.sigmoidGrad, (dy, y) => dy * y * (1 - y));
  registerGradient(kernels.tanhGrad, (dy, y) => dy * (1 - y * y));
  registerGradient(kernels.rsqrtGrad, (dy, y) => (-dy * y ** 3) / 2);
  tf.registerKernel({
    kernelName: kernels.unfoldedScalar,
    backendName: 'cpu',
    kernelFunc: ({ attrs, backend }) => (backend as CpuBackend).makeTensorInfo([], 'float32', Float32Array.of(Number(attrs?.['value']))),
  });
  tf.registerKernel({
    kernelName: kernels.scan,
    backendName: 'cpu',
    kernelFunc: ({ inputs, attrs }) => loopScan(inputs as unknown as tf.Tensor[], attrs as unknown as ScanAttributes),
  });
  tf.registerKernel({
    kernelName: kernels.orthogonalFactor,
    backendName: 'cpu',
    kernelFunc: ({ inputs, backend }) => {
      const cpu = backend as CpuBackend;
      const x = inputs['x'] as tf.TensorInfo;
      const [rows = 0, columns = 0] = x.shape;
      return cpu.makeTensorInfo(x.shape, 'float32', orthogonalFactor(valuesOf(cpu, x), rows, columns));
    },
  });
  tf.registerKernel({
    kernelName: kernels.biasAdd,
    backendName: 'cpu',
    kernelFunc: ({ inputs, backend }) => {
      const cpu = backend as CpuBackend;
      const x = inputs['x'] as tf.TensorInfo;
      const bias = cpu.readSync((inputs['bias'] as tf.TensorInfo).dataId);
      return cpu.makeTensorInfo(x.shape, 'float32', Float32Array.from(cpu.readSync(x.dataId), (value, i) => value + (bias[i % bias.length] ?? 0)));
    },
  });
  tf.registerKernel({
    kernelName: kernels.biasAddGrad,
    backendName: 'cpu',
    kernelFunc: ({ inputs, backend }) => {
      const cpu = backend as CpuBackend;
      const dy = inputs['dy'] as tf.TensorInfo;
      const units = dy.shape.at(-1) ?? 1;
      const sum = new Float64Array(units);
      cpu.readSync(dy.dataId).forEach((value, i) => {
        sum[i % units] = (sum[i % units] ?? 0) + value;
      });
      return cpu.makeTensorInfo([units], 'float32', Float32Array.from(sum));
    },
  });
}
