#!/usr/bin/env node
// Python environments for interoperability tests, below the cache, installed once. `node scripts/python-env.mjs keras`
// installs one and prints how to use it as a line of JSON: {"python", "env"} or {"skipped": "why"}.
import './lib/check-node.mjs';
import { createHash } from 'node:crypto';
import { access, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { mustRun } from './lib/commands.mjs';
import { withLock } from './lib/lock.mjs';
import { cacheDir } from './lib/paths.mjs';
import { findPython } from './lib/python.mjs';
import { pythonEnvironments } from './lib/python-environments.mjs';
import { runMain, SetupError } from './lib/setup-error.mjs';
import { step } from './lib/terminal.mjs';
import { removeLeftovers } from './lib/wheel.mjs';

/**
 * Makes an environment available: `{ python, env }`, the interpreter and the environment to run it with, or
 * `{ skipped }`, why there is none on this machine. Packages are installed with `pip install --target`, as the venv
 * module is missing from many systems.
 *
 * @param {string} name a key of `pythonEnvironments`
 * @returns {Promise<{ python: string, env: Record<string, string | undefined>, skipped?: undefined } | { skipped: string }>}
 */
export async function ensurePythonEnv(name) {
  const requirements = pythonEnvironments[name];
  if (requirements === undefined) throw new SetupError(`There is no Python environment ${name}; there are ${Object.keys(pythonEnvironments).join(', ')}.`);
  if (process.platform !== 'linux' || process.arch !== 'x64') return { skipped: `Keras is installed for Linux on x86-64 only, this is ${process.platform} on ${process.arch}` };
  let python;
  try {
    python = await findPython();
  } catch (error) {
    return { skipped: error.message };
  }
  const [major, minor] = python.version;
  if (major !== 3 || minor < 10 || minor > 13) return { skipped: `TensorFlow 2.21 exists for Python 3.10 to 3.13, this is ${major}.${minor}` };
  const hash = createHash('sha256').update(requirements.join('\n')).digest('hex').slice(0, 12);
  const target = path.join(cacheDir(), 'python', `${name}-${major}.${minor}-${hash}`);
  const failure = await install(name, requirements, python, target);
  if (failure !== undefined) return { skipped: failure };
  return { python: python.command, env: { ...process.env, PYTHONPATH: target, PYTHONNOUSERSITE: '1', TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '-1' } };
}

/** Undefined when it is there, else why it could not be installed. */
async function install(name, requirements, python, target) {
  const present = () => access(target).then(() => true, () => false);
  if (await present()) return undefined;
  return withLock(`${target}.lock`, async () => {
    if (await present()) return undefined;
    await removeLeftovers(`${target}.install-`);
    const temporary = await mkdtemp(`${target}.install-`);
    try {
      await step(`Installing ${name} for Python ${python.version.join('.')}`, () =>
        mustRun('pip install', python.command, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary=:all:', '--target', temporary, ...requirements]),
      );
      await rename(temporary, target);
      return undefined;
    } catch (error) {
      if (error instanceof SetupError) return error.message;
      throw error;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    const result = await ensurePythonEnv(process.argv[2] ?? 'keras');
    console.log(JSON.stringify(result.skipped === undefined ? { python: result.python, env: { PYTHONPATH: result.env.PYTHONPATH } } : result));
  });
}
