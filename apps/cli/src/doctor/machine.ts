import { execFile } from 'node:child_process';
import { statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CliEnv } from '../env.js';
import { fileSize } from '../terminal/file-size.js';
import { messageOf } from '../user-error.js';
import { failed, ok, warning, type Check, type Finding } from './check.js';

const GiB = 2 ** 30;
/** Below the first of each, something will fail; below the second, something larger may. */
const leastDisk = [1 * GiB, 5 * GiB] as const;
const leastMemory = [1 * GiB, 3 * GiB] as const;

export const node: Check = async () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;
  return supported ? ok('node', `Node.js ${process.versions.node}`) : failed('node', `Node.js ${process.versions.node}`, 'Install Node.js 20.19 or later (22.12 or later of 22, or 24).');
};

/** Loads it, as a worker does: a library that is there may be of another machine, or cut short. */
export const libtensorflow =
  ({ inherited }: CliEnv): Check =>
  async () => {
    const { createTensorFlowRuntime, findLibrary, TENSORFLOW_VERSION } = await import('@trainyard/tensorflow');
    try {
      const library = findLibrary(inherited);
      createTensorFlowRuntime({ library }).dispose();
      return ok('libtensorflow', `${TENSORFLOW_VERSION} in ${path.dirname(library)}`);
    } catch (error) {
      return failed('libtensorflow', messageOf(error), 'Run `npm run setup`, or set TRAINYARD_LIBTENSORFLOW to a copy. Machines that neither train nor predict need none.');
    }
  };

/** Of each file system once that Trainyard writes to. */
export const disk =
  ({ home, cache }: CliEnv): Check =>
  async () => {
    const places = await Promise.all([home, cache, os.tmpdir()].map(async (place) => ({ place, free: await freeBytes(place) })));
    const least = places.reduce((a, b) => (b.free < a.free ? b : a));
    const detail = `${fileSize(least.free)} free at ${least.place}`;
    return judged('disk', detail, least.free, leastDisk, 'Free some space, or move TRAINYARD_HOME, TRAINYARD_CACHE or TMPDIR to another disk: checkpoints, snapshots and uploads need it.');
  };

/** Of the nearest folder that exists. */
async function freeBytes(place: string): Promise<number> {
  for (let folder = path.resolve(place); ; folder = path.dirname(folder)) {
    const found = await statfs(folder).catch(() => undefined);
    if (found) return found.bavail * found.bsize;
    if (folder === path.dirname(folder)) return 0;
  }
}

export const memory: Check = async () => {
  // What a cgroup allows counts, where there is one.
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < os.totalmem() ? limit : os.totalmem();
  const free = Math.min(process.availableMemory(), total);
  return judged('memory', `${fileSize(free)} of ${fileSize(total)} available`, free, leastMemory, 'Each training process takes half a gibibyte before its model: end something, lower WORKER_CONCURRENCY, or give jobs a `resources.memory_limit_mb`.');
};

/** Whether there is a GPU, and the library that uses it. */
export const gpu =
  ({ inherited }: CliEnv): Check =>
  async () => {
    const asked = promisify(execFile)('nvidia-smi', ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'], { timeout: 10_000 });
    const found = await asked.then(({ stdout }) => stdout.trim().split('\n').filter((line) => line !== ''), () => undefined);
    if (found === undefined || found.length === 0) return ok('gpu', 'none; jobs train on the CPU');
    const detail = found.join('; ');
    if (inherited['TRAINYARD_LIBTENSORFLOW']) return ok('gpu', detail);
    return warning('gpu', `${detail}, and the libtensorflow of the set-up uses no GPU`, 'pip install --target DIR "tensorflow[and-cuda]==2.21.0", and set TRAINYARD_LIBTENSORFLOW=DIR/tensorflow for workers (docs/operations.md).');
  };

function judged(name: string, detail: string, value: number, [fails, warns]: readonly [number, number], remedy: string): Finding {
  if (value < fails) return failed(name, detail, remedy);
  return value < warns ? warning(name, detail, remedy) : ok(name, detail);
}
