import { buildModel, compileModel, standardizeBatch, Trainer, type Batch, type CompiledModel, type CompileSpec, type Model } from '@trainyard/engine';
import { parseModel } from '@trainyard/keras-format';
import { allocate, sizeOf } from '@trainyard/ndarray';
import type { ArraySpec, Dataset } from '@trainyard/dataset';
import type { JobSpec } from '@trainyard/protocol';
import { createTensorFlowRuntime, type TensorFlowConfig, type TensorFlowRuntime } from '@trainyard/tensorflow';
import { inPart } from './placed-error.js';

/**
 * The model of a job with its compile arguments, as descriptions: nothing is allocated.
 *
 * @throws PlacedError with the FormatError that says what is wrong.
 */
export async function describeModel(spec: Pick<JobSpec, 'architecture' | 'compile'>): Promise<CompiledModel> {
  const model = await describeArchitecture(spec);
  return inPart('/compile', () => compileModel(model, spec.compile as unknown as CompileSpec, '/compile'));
}

/** The model alone. @throws PlacedError with the FormatError that says what is wrong. */
export function describeArchitecture({ architecture }: Pick<JobSpec, 'architecture'>): Promise<Model> {
  return inPart('/model', () => buildModel(parseModel(architecture)));
}

/** This machine lacks what the job asks for. */
export class NoSuchDeviceError extends Error {
  override readonly name = 'NoSuchDeviceError';
}

/** The model in a runtime of its own, within the job's resources. @throws NoSuchDeviceError */
export function createTrainer(compiled: CompiledModel, { resources, seed }: Pick<JobSpec, 'resources' | 'seed'>, library: string): Trainer {
  return new Trainer(compiled, createRuntime(resources, library), seed);
}

/**
 * A runtime within a job's resources.
 *
 * @throws NoSuchDeviceError when the job asks for a GPU and there is none.
 */
export function createRuntime(resources: JobSpec['resources'], library: string): TensorFlowRuntime {
  const runtime = createTensorFlowRuntime({ library, config: tensorFlowConfig(resources) });
  if (resources.device.startsWith('gpu')) requireGpu(runtime, resources.device);
  return runtime;
}

function requireGpu(runtime: TensorFlowRuntime, device: string): void {
  const program = runtime.createProgram([]);
  const found = program.devices().map(({ type }) => type);
  program.dispose();
  if (!found.includes('GPU')) throw new NoSuchDeviceError(`expected the device "${device}", this machine has ${found.join(', ')}; use "auto" or "cpu", or a worker with a GPU`);
}

function tensorFlowConfig({ device, gpu_memory_fraction, allow_growth }: JobSpec['resources']): TensorFlowConfig {
  const gpuNumber = /^gpu:(\d+)$/.exec(device)?.[1];
  return {
    ...(device === 'cpu' && { deviceCount: { GPU: 0 } }),
    gpu: {
      ...(gpu_memory_fraction !== null && { perProcessGpuMemoryFraction: gpu_memory_fraction }),
      ...(allow_growth !== null && { allowGrowth: allow_growth }),
      ...(gpuNumber !== undefined && { visibleDeviceList: gpuNumber }),
    },
  };
}

/** A batch of zeros of a dataset's shapes: what checks shapes before any data is read. */
export function blankBatch(dataset: Dataset, rows: number): Batch {
  const blank = ({ dtype, shape }: ArraySpec) => ({ dtype, shape: [rows, ...shape], data: allocate(dtype, rows * sizeOf(shape)) });
  return { x: dataset.x.map(blank), y: dataset.y.map(blank), sampleWeight: dataset.sampleWeight?.map((spec) => spec && blank(spec)) };
}

/**
 * Checks that a dataset's arrays have the shapes and numbers that the model takes.
 *
 * @throws ModelDataError that names the input or target.
 */
export function checkShapes(compiled: CompiledModel, dataset: Dataset): void {
  standardizeBatch(compiled, blankBatch(dataset, 1));
}
