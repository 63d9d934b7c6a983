import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import path from 'node:path';
import type { JobSpec } from '@trainyard/protocol';
import { TENSORFLOW_VERSION } from '@trainyard/tensorflow';

/** What of this machine decides how fast, and how rounded, a training is: `AMD EPYC, 2 cores, cpu, TensorFlow 2.21.0`. */
export function machineClass(device: JobSpec['resources']['device']): string {
  const gpus = device === 'cpu' ? [] : gpuModels();
  return [cpus()[0]?.model.trim() || process.arch, `${availableParallelism()} cores`, device === 'auto' && gpus.length === 0 ? 'cpu' : device, ...gpus, `TensorFlow ${TENSORFLOW_VERSION}`].join(', ');
}

const gpuFolder = '/proc/driver/nvidia/gpus';

/** As NVIDIA's driver names them, in its order; none where there is no such driver. */
function gpuModels(): string[] {
  try {
    return readdirSync(gpuFolder)
      .sort()
      .map((gpu) => /^Model:\s*(.+?)\s*$/m.exec(readFileSync(path.join(gpuFolder, gpu, 'information'), 'utf8'))?.[1] ?? 'GPU');
  } catch {
    return [];
  }
}
