import { ProtoWriter } from '../protobuf/writer.js';

/**
 * What a TensorFlow context or session is told at its creation: the ConfigProto of Keras's
 * `set_session(tf.Session(config=…))`, as far as a training needs it. What is left out is TensorFlow's default.
 */
export interface TensorFlowConfig {
  /** Devices by type at most, such as `{ GPU: 0 }` to keep off the GPU. */
  readonly deviceCount?: Readonly<Record<string, number>>;
  /** Threads that one op may use. The first session or context of a process decides for all of them. */
  readonly intraOpParallelismThreads?: number;
  /** Threads that run ops side by side. */
  readonly interOpParallelismThreads?: number;
  /** Threads of this session's own instead of the process's. */
  readonly usePerSessionThreads?: boolean;
  /** Where an op has no kernel for its device, run it on another. */
  readonly allowSoftPlacement?: boolean;
  readonly gpu?: GpuConfig;
  readonly graph?: GraphConfig;
}

export interface GpuConfig {
  /** The share of each visible GPU's memory that this process may take, in (0, 1]. */
  readonly perProcessGpuMemoryFraction?: number;
  /** Take memory as it is needed rather than all at once. */
  readonly allowGrowth?: boolean;
  /** Ids of the GPUs that may be used, such as '0' or '1,2'. */
  readonly visibleDeviceList?: string;
}

export interface GraphConfig {
  /** XLA compiles clusters of the graph: `off`, or at level `on_1` or `on_2`. */
  readonly globalJitLevel?: 'off' | 'on_1' | 'on_2';
}

// tensorflow/core/protobuf/config.proto
const CONFIG = {
  deviceCount: 1,
  intraOpParallelismThreads: 2,
  interOpParallelismThreads: 5,
  gpuOptions: 6,
  allowSoftPlacement: 7,
  usePerSessionThreads: 9,
  graphOptions: 10,
} as const;
const MAP_KEY = 1;
const MAP_VALUE = 2;
const GPU = { perProcessGpuMemoryFraction: 1, allowGrowth: 4, visibleDeviceList: 5 } as const;
const GRAPH = { optimizerOptions: 3 } as const;
const OPTIMIZER = { globalJitLevel: 5 } as const;
const JIT_LEVEL = { off: -1, on_1: 1, on_2: 2 } as const;

/**
 * The bytes of the ConfigProto.
 * @throws RangeError when an option is out of its range.
 */
export function encodeConfig(config: TensorFlowConfig): Uint8Array {
  const proto = new ProtoWriter();
  for (const [type, count] of Object.entries(config.deviceCount ?? {}))
    proto.message(CONFIG.deviceCount, new ProtoWriter().string(MAP_KEY, type).integer(MAP_VALUE, wholeNumber(`deviceCount.${type}`, count)).finish());
  if (config.intraOpParallelismThreads !== undefined)
    proto.integer(CONFIG.intraOpParallelismThreads, wholeNumber('intraOpParallelismThreads', config.intraOpParallelismThreads));
  if (config.interOpParallelismThreads !== undefined)
    proto.integer(CONFIG.interOpParallelismThreads, wholeNumber('interOpParallelismThreads', config.interOpParallelismThreads));
  if (config.gpu) proto.message(CONFIG.gpuOptions, encodeGpu(config.gpu));
  if (config.allowSoftPlacement !== undefined) proto.bool(CONFIG.allowSoftPlacement, config.allowSoftPlacement);
  if (config.usePerSessionThreads !== undefined) proto.bool(CONFIG.usePerSessionThreads, config.usePerSessionThreads);
  if (config.graph?.globalJitLevel) {
    const optimizer = new ProtoWriter().integer(OPTIMIZER.globalJitLevel, JIT_LEVEL[config.graph.globalJitLevel]).finish();
    proto.message(CONFIG.graphOptions, new ProtoWriter().message(GRAPH.optimizerOptions, optimizer).finish());
  }
  return proto.finish();
}

function encodeGpu(gpu: GpuConfig): Uint8Array {
  const proto = new ProtoWriter();
  const fraction = gpu.perProcessGpuMemoryFraction;
  if (fraction !== undefined) {
    if (!(fraction > 0 && fraction <= 1)) throw new RangeError(`gpu.perProcessGpuMemoryFraction: expected a number in (0, 1], received ${fraction}`);
    proto.double(GPU.perProcessGpuMemoryFraction, fraction);
  }
  if (gpu.allowGrowth !== undefined) proto.bool(GPU.allowGrowth, gpu.allowGrowth);
  if (gpu.visibleDeviceList !== undefined) proto.string(GPU.visibleDeviceList, gpu.visibleDeviceList);
  return proto.finish();
}

function wholeNumber(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 0 || value > 0x7fffffff) throw new RangeError(`${name}: expected a whole number of at least 0, received ${value}`);
  return value;
}
