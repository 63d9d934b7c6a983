// The peers that the benchmark compares with: a folder of Python packages in the user's cache, made once.
import { createHash } from 'node:crypto';
import { access, copyFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { capture, mustRun } from '../scripts/lib/commands.mjs';
import { withLock } from '../scripts/lib/lock.mjs';
import { cacheDir } from '../scripts/lib/paths.mjs';
import { findPython } from '../scripts/lib/python.mjs';
import { SetupError } from '../scripts/lib/setup-error.mjs';
import { step } from '../scripts/lib/terminal.mjs';
import { removeLeftovers } from '../scripts/lib/wheel.mjs';

const peersDir = path.join(import.meta.dirname, 'peers');
const requirements = path.join(peersDir, 'requirements.txt');
const keras208 = { requirements: path.join(peersDir, 'keras208', 'requirements.txt'), shim: path.join(peersDir, 'keras208', 'keras208_shim.py') };
const pythonMinors = [11, 12, 13];

/** What Keras 2.0.8's own files need to run on TensorFlow 2's resource variables; `times` is how often each must be found. */
const keras208Edits = [
  // A resource variable has no truth value in a graph.
  { file: 'keras/layers/convolutional.py', times: 3, find: 'if self.bias:', replace: 'if self.bias is not None:' },
  // In place, it would assign to the variable of the learning rate.
  { file: 'keras/optimizers.py', times: 6, find: 'lr *= (1. /', replace: 'lr = lr * (1. /' },
  // Pillow's default of 2017. Today's, bicubic, gives other pixels and takes longer.
  { file: 'keras/preprocessing/image.py', times: 1, find: 'img.resize(hw_tuple)', replace: 'img.resize(hw_tuple, pil_image.NEAREST)' },
];
const keras208Config = { floatx: 'float32', epsilon: 1e-7, backend: 'tensorflow', image_data_format: 'channels_last' };

/**
 * Makes the peers' packages available: `{ python, folder }`, where `folder` has `site` (TensorFlow, tf-keras, Keras 3, JAX)
 * and `keras208` (genuine Keras 2.0.8 and what lets it run on that TensorFlow). Does nothing when the cache has them.
 * Rejects with a SetupError that says why there can be none.
 */
export async function ensurePeers(env = process.env) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(`The peers of the benchmark are installed on Linux on x86-64 only, and this is ${process.platform} on ${process.arch}.`);
  }
  const python = await findPython(env);
  const [major, minor] = python.version;
  if (major !== 3 || !pythonMinors.includes(minor)) {
    throw new SetupError(
      `The peers of the benchmark need Python 3.${pythonMinors[0]} to 3.${pythonMinors.at(-1)}, and ${python.command} is ${python.version.join('.')}: name another one with TRAINYARD_PYTHON.`,
    );
  }
  const folder = path.join(cacheDir(env), `peers-${await fingerprint(python)}`);
  const made = { python: python.command, folder };
  if (await exists(folder)) return made;
  const waiting = (pid) => console.error(`Python packages of the peers: waiting for process ${pid}, which installs them already`);
  await withLock(
    `${folder}.lock`,
    async () => {
      if (!(await exists(folder))) await install(python, folder);
    },
    waiting,
  );
  return made;
}

/** Whatever is installed, or done to it, is part of the folder's name. */
async function fingerprint(python) {
  const files = await Promise.all([requirements, keras208.requirements, keras208.shim].map((file) => readFile(file)));
  const hash = createHash('sha256').update(JSON.stringify([python.version, keras208Edits, keras208Config]));
  for (const file of files) hash.update(file).update('\0');
  return hash.digest('hex').slice(0, 12);
}

/** The folder appears with everything in it, tried, or not at all. */
async function install(python, folder) {
  await removeLeftovers(`${folder}.new-`);
  const temporary = await mkdtemp(`${folder}.new-`);
  try {
    await step('Installing TensorFlow, tf-keras, Keras 3 and JAX for Python (2.6 GB on disk)', () =>
      pipInstall(python, path.join(temporary, 'site'), ['--only-binary', ':all:', '--requirement', requirements]),
    );
    await step('Installing Keras 2.0.8', () => installKeras208(python, path.join(temporary, 'keras208')));
    await step('Trying the peers', () => tryPeers(python, temporary));
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Into a folder and not into a virtual environment: Debian's Python may lack the venv module. */
function pipInstall(python, target, args) {
  return mustRun('Installing the peers of the benchmark with pip', python.command, [
    '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-warn-script-location', '--target', target, ...args,
  ]);
}

async function installKeras208(python, target) {
  await pipInstall(python, target, ['--no-compile', '--no-deps', '--no-binary', 'keras', '--require-hashes', '--requirement', keras208.requirements]);
  for (const { file, times, find, replace } of keras208Edits) {
    const parts = (await readFile(path.join(target, file), 'utf8')).split(find);
    if (parts.length !== times + 1) throw new SetupError(`Keras 2.0.8, ${file}: expected "${find}" ${times} times, found it ${parts.length - 1} times`);
    await writeFile(path.join(target, file), parts.join(replace));
  }
  // Now that they are as they stay: a first step must not include their compilation.
  await mustRun('Compiling Keras 2.0.8', python.command, ['-W', 'ignore', '-m', 'compileall', '-q', path.join(target, 'keras')]);
  await mkdir(path.join(target, 'home'));
  await writeFile(path.join(target, 'home', 'keras.json'), JSON.stringify(keras208Config));
  await copyFile(keras208.shim, path.join(target, path.basename(keras208.shim)));
}

async function tryPeers(python, folder) {
  const contenders = ['k208', 'tfk', 'k3_auto', 'k3_jax'].map((peer) => ['peer.py', '--peer', peer]);
  const readers = ['tf_data', 'flow_from_directory'].map((reader) => ['data_files.py', '--reader', reader]);
  for (const [program, option, name] of [...contenders, ...readers]) {
    const { code, output } = await capture(python.command, ['-s', path.join(peersDir, program), option, name, '--packages', folder, '--versions']);
    if (code !== 0) throw new SetupError(`The peer ${name} does not start:\n${output.slice(-2000)}`);
  }
}

function exists(file) {
  return access(file).then(() => true, () => false);
}
