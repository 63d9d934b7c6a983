import { access } from 'node:fs/promises';
import path from 'node:path';
import { cacheDir } from './paths.mjs';
import { SetupError } from './setup-error.mjs';
import { ensureWheelFiles, isExtracted } from './wheel.mjs';

/** The CPU build. The library in the wheel exports TensorFlow's whole C API; nothing else of the wheel is needed. */
export const libtensorflowWheel = {
  title: 'libtensorflow 2.21.0',
  requirement: 'tensorflow-cpu==2.21.0',
  platform: 'manylinux_2_27_x86_64',
  sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
  bytes: 273829956,
  files: {
    'tensorflow/libtensorflow_cc.so.2': { as: 'libtensorflow_cc.so.2', bytes: 788086608, mode: 0o755 },
    'tensorflow/libtensorflow_framework.so.2': { as: 'libtensorflow_framework.so.2', bytes: 65222328, mode: 0o755 },
  },
};

/** Where the CPU build of libtensorflow is kept. */
export function libtensorflowDir(env = process.env) {
  return path.join(cacheDir(env), 'libtensorflow', 'cpu-2.21.0');
}

/** Makes libtensorflow available: nothing to do when `TRAINYARD_LIBTENSORFLOW` names one or the cache has it. */
export async function ensureLibtensorflow(env = process.env) {
  const own = env.TRAINYARD_LIBTENSORFLOW;
  if (own) {
    await access(own).catch(() => {
      throw new SetupError(`TRAINYARD_LIBTENSORFLOW names ${own}, which does not exist: give the path of libtensorflow_cc.so.2 or of its folder, or unset it.`);
    });
    return;
  }
  const target = libtensorflowDir(env);
  if (await isExtracted(libtensorflowWheel, target)) return;
  refuseOtherPlatforms();
  await ensureWheelFiles(libtensorflowWheel, target);
}

function refuseOtherPlatforms() {
  const advice = 'use the Docker images (docker compose up), or set TRAINYARD_LIBTENSORFLOW to a libtensorflow_cc of version 2.21.';
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(`Trainyard fetches libtensorflow for Linux on x86-64 only, and this is ${process.platform} on ${process.arch}: ${advice}`);
  }
  process.report.excludeNetwork = true; // else the report resolves the addresses of this machine's sockets
  const glibc = process.report.getReport().header.glibcVersionRuntime;
  const [major, minor] = (glibc ?? '0.0').split('.').map(Number);
  if (major < 2 || (major === 2 && minor < 27)) {
    throw new SetupError(`Trainyard's libtensorflow needs glibc 2.27 or later, and this system has ${glibc ?? 'another C library'}: ${advice}`);
  }
}
