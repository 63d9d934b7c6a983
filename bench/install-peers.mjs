// The peers that the benchmark's trainings are compared with: a folder of Python packages in the user's cache, made once.
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { capture, mustRun } from '../scripts/lib/commands.mjs';
import { SetupError } from '../scripts/lib/setup-error.mjs';
import { step } from '../scripts/lib/terminal.mjs';
import { ensurePackages, findPeerPython, pipInstall } from './peer-packages.mjs';

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
  const python = await findPeerPython(pythonMinors, env);
  const files = [requirements, keras208.requirements, keras208.shim];
  return ensurePackages('peers', python, { files, done: [keras208Edits, keras208Config] }, (folder) => install(python, folder), env);
}

async function install(python, folder) {
  await step('Installing TensorFlow, tf-keras, Keras 3 and JAX for Python (2.6 GB on disk)', () =>
    pipInstall(python, path.join(folder, 'site'), ['--only-binary', ':all:', '--requirement', requirements]),
  );
  await step('Installing Keras 2.0.8', () => installKeras208(python, path.join(folder, 'keras208')));
  await step('Trying the peers', () => tryPeers(python, folder));
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
