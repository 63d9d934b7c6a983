// Folders of Python packages in the user's cache, made once: what install-peers.mjs and install-serving-peers.mjs share.
import { createHash } from 'node:crypto';
import { access, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { mustRun } from '../scripts/lib/commands.mjs';
import { withLock } from '../scripts/lib/lock.mjs';
import { cacheDir } from '../scripts/lib/paths.mjs';
import { findPython } from '../scripts/lib/python.mjs';
import { SetupError } from '../scripts/lib/setup-error.mjs';
import { removeLeftovers } from '../scripts/lib/wheel.mjs';

/** The Python that peers are installed for. Rejects with a SetupError that says why there can be none. */
export async function findPeerPython(minors, env) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SetupError(`The peers of the benchmark are installed on Linux on x86-64 only, and this is ${process.platform} on ${process.arch}.`);
  }
  const python = await findPython(env);
  const [major, minor] = python.version;
  if (major !== 3 || !minors.includes(minor)) {
    throw new SetupError(`The peers of the benchmark need Python 3.${minors[0]} to 3.${minors.at(-1)}, and ${python.command} is ${python.version.join('.')}: name another one with TRAINYARD_PYTHON.`);
  }
  return python;
}

/**
 * Makes a folder of packages available: `{ python, folder }`. Whatever is installed (`files` say it), or done to it, is part of
 * the folder's name. It appears with everything that `install(temporary)` puts into it, or not at all.
 */
export async function ensurePackages(name, python, { files, done = [] }, install, env) {
  const hash = createHash('sha256').update(JSON.stringify([python.version, ...done]));
  for (const file of files) hash.update(await readFile(file)).update('\0');
  const folder = path.join(cacheDir(env), `${name}-${hash.digest('hex').slice(0, 12)}`);
  const made = { python: python.command, folder };
  if (await exists(folder)) return made;
  const waiting = (pid) => console.error(`Python packages of the peers: waiting for process ${pid}, which installs them already`);
  await withLock(
    `${folder}.lock`,
    async () => {
      if (!(await exists(folder))) await installInto(folder, install);
    },
    waiting,
  );
  return made;
}

async function installInto(folder, install) {
  await removeLeftovers(`${folder}.new-`);
  const temporary = await mkdtemp(`${folder}.new-`);
  try {
    await install(temporary);
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** Into a folder and not into a virtual environment: Debian's Python may lack the venv module. */
export function pipInstall(python, target, args) {
  return mustRun('Installing the peers of the benchmark with pip', python.command, [
    '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-warn-script-location', '--target', target, ...args,
  ]);
}

function exists(file) {
  return access(file).then(() => true, () => false);
}
