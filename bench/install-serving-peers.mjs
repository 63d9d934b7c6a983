// The servers of models that the benchmark's predictions are compared with: a folder of Python packages in the user's cache, made once.
import path from 'node:path';
import { capture } from '../scripts/lib/commands.mjs';
import { SetupError } from '../scripts/lib/setup-error.mjs';
import { step } from '../scripts/lib/terminal.mjs';
import { ensurePackages, findPeerPython, pipInstall } from './peer-packages.mjs';

const peersDir = path.join(import.meta.dirname, 'peers', 'serving');
/** Folders of packages that do not get along with each other: what is in each, and which servers use it. */
const sites = {
  mlserver: { requirements: path.join(peersDir, 'mlserver.txt'), what: 'FastAPI, MLServer, Keras 3 and TensorFlow', servers: ['fastapi', 'mlserver'] },
  bentoml: { requirements: path.join(peersDir, 'bentoml.txt'), what: 'BentoML, Keras 3 and TensorFlow', servers: ['bentoml'] },
};
/** MLServer 1.7 is for none later. */
const pythonMinors = [11, 12];

/**
 * Makes the packages available: `{ python, folder }`, where `folder` has `mlserver` (with FastAPI) and `bentoml`, each with
 * Keras 3 and TensorFlow. Does nothing when the cache has them. Rejects with a SetupError that says why there can be none.
 */
export async function ensureServingPeers(env = process.env) {
  const python = await findPeerPython(pythonMinors, env);
  return ensurePackages('serving-peers', python, { files: Object.values(sites).map(({ requirements }) => requirements) }, (folder) => install(python, folder), env);
}

async function install(python, folder) {
  for (const [name, { requirements, what }] of Object.entries(sites)) {
    await step(`Installing ${what} for Python (1.7 GB on disk)`, () => pipInstall(python, path.join(folder, name), ['--only-binary', ':all:', '--requirement', requirements]));
  }
  await step('Trying the servers', () => tryServers(python, folder));
}

async function tryServers(python, folder) {
  for (const server of Object.values(sites).flatMap(({ servers }) => servers)) {
    const { code, output } = await capture(python.command, ['-s', path.join(peersDir, 'server.py'), '--server', server, '--packages', folder, '--versions']);
    if (code !== 0) throw new SetupError(`The peer ${server} does not start:\n${output.slice(-2000)}`);
  }
}
